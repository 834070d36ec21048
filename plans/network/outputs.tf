output "vpc_id" {
  description = "The id of the network."
  value       = aws_vpc.main.id
}

output "public_subnet_ids" {
  description = "The public subnets by zone."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnet_ids" {
  description = "The private subnets by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "security_group_ids" {
  description = "The security groups by purpose."
  value = {
    web = aws_security_group.web.id
    app = aws_security_group.app.id
  }
}
