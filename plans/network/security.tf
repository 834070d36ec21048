# What may reach the load balancer, and what may reach the application behind it.

resource "aws_security_group" "web" {
  name        = "${var.name}-web"
  description = "HTTP and HTTPS from anywhere"
  vpc_id      = aws_vpc.main.id

  dynamic "ingress" {
    for_each = { http = 80, https = 443 }

    content {
      description = upper(ingress.key)
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  egress {
    description = "Anything"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  tags = {
    Name = "${var.name}-web"
  }
}

resource "aws_security_group" "app" {
  name        = "${var.name}-app"
  description = "The application, from the web group only"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name = "${var.name}-app"
  }
}

resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id            = aws_security_group.app.id
  referenced_security_group_id = aws_security_group.web.id
  description                  = "From the web group"
  ip_protocol                  = "tcp"
  from_port                    = var.app_port
  to_port                      = var.app_port
}

resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id = aws_security_group.app.id
  description       = "Anything"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
