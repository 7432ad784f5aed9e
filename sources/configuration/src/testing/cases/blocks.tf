/* block
 comment */ a = 1 // trailing
resource "aws_s3_bucket" "logs" {
  bucket = "shop-logs"
  tags = { Name = "logs", "env" = var.env }
  dynamic "rule" {
    for_each = var.rules
    content { id = rule.value }
  }
  lifecycle {}
}
resource "aws_s3_bucket" "logs" {
  again = true
}
resource "aws_s3_bucket" "other" { acl = "private" }
resource other bare {
  x = 1
}
provider "aws" {
}
heredocs {
  plain = <<EOT
  keeps ${a.b}
    indent
  %{ if x ~}
  yes
  %{ endif ~}
 done $${lit} $ and %
EOT
  flush = <<-EOT
      first
        second ${v}

      third
    EOT
  flush2 = <<-EOT
      ${v} starts
        second
    EOT
  flush3 = <<-X
      a
     ${~ b ~}
    c
      X
  empty = <<E
E
  after = 1
  list = [<<A
one
A
  , <<B
two
B
  ]
  crlf = "x"
}
 terraform { required_version = ">= 1.5" }
