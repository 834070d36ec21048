variable "name" {
  description = "What the network is called; the names of its parts begin with it."
  type        = string
  default     = "network"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}$", var.name))
    error_message = "The name must be of lower-case letters, digits and dashes, and begin with a letter."
  }
}

variable "region" {
  description = "The region of the network."
  type        = string
  default     = "eu-central-1"
}

variable "cidr_block" {
  description = "The addresses of the network; there must be room for sixteen subnets."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 4, 15))
    error_message = "This must be a block like 10.0.0.0/16."
  }
}

variable "availability_zones" {
  description = "The zones of the network, at most eight."
  type        = list(string)
  default     = ["eu-central-1a", "eu-central-1b"]

  validation {
    condition     = length(var.availability_zones) > 0 && length(var.availability_zones) <= 8
    error_message = "There must be between one and eight zones."
  }
}

variable "single_nat_gateway" {
  description = "Whether all zones share one NAT gateway."
  type        = bool
  default     = true
}

variable "app_port" {
  description = "The port that the application listens on."
  type        = number
  default     = 8080
}

variable "flow_log" {
  description = "Whether all traffic is recorded."
  type        = bool
  default     = true
}
