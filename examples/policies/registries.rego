# METADATA
# custom:
#   severity: high
package main

registries := {"registry.example.com"}

# METADATA
# title: Images come from our registry
# description: What others publish can be changed or withdrawn by them.
# related_resources:
#   - https://slsa.dev/
# custom:
#   id: our-registry
#   severity: medium
#   remediation: Push the image to registry.example.com and name it there.
deny contains {"msg": msg, "path": path} if {
	some i, container in input.spec.template.spec.containers
	not split(container.image, "/")[0] in registries
	msg := sprintf("%s comes from elsewhere", [container.image])
	path := ["spec", "template", "spec", "containers", i, "image"]
}

# METADATA
# title: Load balancers are on purpose
# custom:
#   id: load-balancer
warn contains "a load balancer opens the service to the internet" if {
	input.kind == "Service"
	input.spec.type == "LoadBalancer"
}
