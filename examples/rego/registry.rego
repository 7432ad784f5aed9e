package registry

default allow := false

allow if count(deny) == 0

deny contains message if {
	some container in input.spec.containers
	not from_ours(container.image)
	message := sprintf("%s: %s is not from our registry", [container.name, container.image])
}

from_ours(image) if {
	some registry in data.registries
	startswith(image, concat("", [registry, "/"]))
}
