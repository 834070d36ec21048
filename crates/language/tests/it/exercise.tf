variable "secret" {
  default   = "s3cret"
  sensitive = true
}

variable "secrets" {
  type      = map(list(string))
  default   = { a = ["x", "y"], b = [] }
  sensitive = true
}

variable "passing" {
  default   = "gone"
  ephemeral = true
}

variable "shape" {
  type    = object({ name = string, size = optional(number, 3), tags = optional(map(string), {}) })
  default = { name = "n" }
}

variable "environment" {
  type    = any
  default = null
}

locals {
  text    = "a text, with words"
  empty   = ""
  number  = 42
  tiny    = -0.125
  yes     = true
  nothing = null
  list    = tolist(["c", "a", "b"])
  numbers = [3, 1, 2.5]
  tuple   = ["a", 1, true, null, []]
  set     = toset(["b", "a"])
  map     = tomap({ a = "1", b = "2" })
  object  = { a = 1, b = "two", c = [{ d = true }] }
  nested  = [[1, [2]], [], [[[3]]]]
  objects = [{ id = "i", n = 1 }, { id = "j", n = null }]
  cidr    = "10.0.0.0/16"
  json    = "{\"a\":[1,2.5,null,{\"b\":\"c\"}]}"
  yaml    = "a: [1, two]\nb: {c: ~}\n"
  time    = "2024-02-29T12:30:00Z"
  base64  = "aGVsbG8="

  unknown_text    = terraform_data.unknown.id
  unknown_number  = length(terraform_data.unknown.id)
  unknown_list    = split(",", terraform_data.unknown.id)
  unknown_set     = toset(split(",", terraform_data.unknown.id))
  unknown_map     = { for it in local.unknown_list : it => it }
  unknown_any     = terraform_data.unknown.output
  unknown_inside  = { a = terraform_data.unknown.id, b = ["c", terraform_data.unknown.id] }
  secret_inside   = { a = var.secret, b = [1, var.secret] }
  secret_unknown  = sensitive(terraform_data.unknown.id)
  prefix_unknown  = "prefix-${terraform_data.unknown.id}"
}

resource "terraform_data" "unknown" {
  input = timestamp()
}

resource "terraform_data" "counted" {
  count = 2
  input = count.index
}

resource "terraform_data" "each" {
  for_each = toset(["a", "b"])
  input    = each.key
}
