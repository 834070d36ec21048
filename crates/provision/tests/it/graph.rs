//! `provision graph`

use crate::check;

const FILES: &str = r#"
--- main.tf
variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}
data "aws_region" "here" {}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { region = data.aws_region.here.name }
}
resource "aws_subnet" "zone" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}
module "log" {
  source = "./log"
  vpc    = aws_vpc.main.id
}
--- log/main.tf
variable "vpc" {}
resource "aws_cloudwatch_log_group" "flow" {
  name = "flow-${var.vpc}"
}
"#;

const DEFERRED: &str = r#"
--- main.tf
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_eip" "some" {
  count = aws_vpc.main.id == "vpc-1" ? 1 : 2
}
module "late" {
  source   = "./late"
  for_each = toset([aws_vpc.main.id])
}
--- late/main.tf
resource "aws_eip" "one" {}
"#;

#[test]
fn dot() {
    check(
        "graph",
        FILES,
        r#"
exit 0
digraph provision {
  compound = true
  rankdir = "RL"
  subgraph "cluster_utility" {
    label = "utility"
    "data.aws_region.here" [shape = ellipse]
  }
  subgraph "cluster_network" {
    label = "network"
    "aws_subnet.zone[0]" [shape = box]
    "aws_subnet.zone[1]" [shape = box]
    "aws_vpc.main" [shape = box]
  }
  subgraph "cluster_monitoring" {
    label = "monitoring"
    "module.log.aws_cloudwatch_log_group.flow" [shape = box]
  }
  "aws_subnet.zone[0]" -> "aws_vpc.main"
  "aws_subnet.zone[1]" -> "aws_vpc.main"
  "aws_vpc.main" -> "data.aws_region.here"
  "module.log.aws_cloudwatch_log_group.flow" -> "aws_vpc.main"
}
"#,
    );
    check(
        "graph -var 'zones=[\"a\"]'",
        FILES,
        r#"
exit 0
digraph provision {
  compound = true
  rankdir = "RL"
  subgraph "cluster_utility" {
    label = "utility"
    "data.aws_region.here" [shape = ellipse]
  }
  subgraph "cluster_network" {
    label = "network"
    "aws_subnet.zone[0]" [shape = box]
    "aws_vpc.main" [shape = box]
  }
  subgraph "cluster_monitoring" {
    label = "monitoring"
    "module.log.aws_cloudwatch_log_group.flow" [shape = box]
  }
  "aws_subnet.zone[0]" -> "aws_vpc.main"
  "aws_vpc.main" -> "data.aws_region.here"
  "module.log.aws_cloudwatch_log_group.flow" -> "aws_vpc.main"
}
"#,
    );
}

#[test]
fn json() {
    check(
        "graph -json -var zones=[]",
        FILES,
        r#"
exit 0
{
  "format_version": "1.0",
  "nodes": [
    {
      "address": "data.aws_region.here",
      "deferred": false,
      "mode": "data",
      "type": "aws_region",
      "name": "here",
      "phase": "utility"
    },
    {
      "address": "aws_vpc.main",
      "deferred": false,
      "mode": "managed",
      "type": "aws_vpc",
      "name": "main",
      "phase": "network"
    },
    {
      "address": "module.log.aws_cloudwatch_log_group.flow",
      "deferred": false,
      "mode": "managed",
      "type": "aws_cloudwatch_log_group",
      "name": "flow",
      "phase": "monitoring"
    }
  ],
  "edges": [
    {
      "from": "aws_vpc.main",
      "to": "data.aws_region.here"
    },
    {
      "from": "module.log.aws_cloudwatch_log_group.flow",
      "to": "aws_vpc.main"
    }
  ]
}
"#,
    );
}

#[test]
fn what_is_not_known_yet() {
    check(
        "graph",
        DEFERRED,
        r#"
exit 0
digraph provision {
  compound = true
  rankdir = "RL"
  "module.late[*]" [shape = box, style = dashed]
  subgraph "cluster_network" {
    label = "network"
    "aws_vpc.main" [shape = box]
    "aws_eip.some[*]" [shape = box, style = dashed]
  }
  "aws_eip.some[*]" -> "aws_vpc.main"
  "module.late[*]" -> "aws_vpc.main"
}
"#,
    );
    check(
        "graph -json",
        DEFERRED,
        r#"
exit 0
{
  "format_version": "1.0",
  "nodes": [
    {
      "address": "aws_vpc.main",
      "deferred": false,
      "mode": "managed",
      "type": "aws_vpc",
      "name": "main",
      "phase": "network"
    },
    {
      "address": "aws_eip.some[*]",
      "deferred": true,
      "mode": "managed",
      "type": "aws_eip",
      "name": "some",
      "phase": "network"
    },
    {
      "address": "module.late[*]",
      "deferred": true
    }
  ],
  "edges": [
    {
      "from": "aws_eip.some[*]",
      "to": "aws_vpc.main"
    },
    {
      "from": "module.late[*]",
      "to": "aws_vpc.main"
    }
  ]
}
"#,
    );
}

#[test]
fn errors() {
    check("graph", "", "
exit 1
--- stderr
Error: No configuration files

The directory . has no configuration files (.tf, .tf.json, .tofu or .tofu.json). Applying it would mark everything for destruction, which is normally not what is desired.
");
    check(
        "graph missing",
        "",
        "
exit 1
--- stderr
Error: No such directory

There is no directory missing.
",
    );
    check(
        "graph",
        "\n--- main.tf\nresource \"aws_vpc\" \"a\" {\n  count = \"x\"\n}\n",
        r#"
exit 1
--- stderr
Error: Incorrect value type

  on main.tf line 2, in resource "aws_vpc" "a":
   2:   count = "x"

Invalid expression value: a number is required.
"#,
    );
}
