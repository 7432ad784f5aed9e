package main

# METADATA
# title: Buckets are encrypted
deny contains $"bucket {name} is not encrypted" if {
	some name, _ in input.resource.aws_s3_bucket
	not encrypted(name)
}

encrypted(name) if {
	some rules in input.resource.aws_s3_bucket_server_side_encryption_configuration
	some rule in rules
	rule.bucket == sprintf("${aws_s3_bucket.%s.id}", [name])
}
