# What most policies are made of, so that the code for it is kept when the command is built.
package runs

import data.runs.settings

default allow := false

allow if {
	input.request.kind.kind == "Pod"
	count(deny) == 0
}

containers contains container if some container in input.request.object.spec.containers

containers contains container if some container in object.get(input.request.object.spec, "initContainers", [])

labels := object.get(input.request.object, ["metadata", "labels"], {})

deny contains msg if {
	some container in containers
	not from_allowed_registry(container.image)
	msg := sprintf("%s: image %q is of no known registry (%d are)", [container.name, container.image, count(settings.registries)])
}

deny contains msg if {
	some name in settings.labels
	not labels[name]
	msg := concat(" ", ["label", name, "is missing"])
}

deny contains {"msg": msg, "field": field} if {
	some i, container in input.request.object.spec.containers
	some field, _ in container.securityContext
	field in {"privileged", "hostNetwork"}
	container.securityContext[field] == true
	msg := $"container {i} has {field}"
}

deny contains msg if {
	some container in containers
	limit := container.resources.limits.memory
	units.parse_bytes(limit) > units.parse_bytes(settings.memory)
	msg := sprintf("%v asks for %v", [container.name, limit])
}

deny contains "not every port is named" if {
	not every_port_named
	count(ports) > 0
}

ports := [port | some container in containers; some port in container.ports]

every_port_named if every port in ports {
	regex.match(`^[a-z-]+$`, port.name)
	port.containerPort < 1024 * 64
}

from_allowed_registry(image) if {
	some registry in settings.registries
	startswith(image, registry)
}

tag_of(image) := tag if {
	[_, tag] := split(image, ":")
} else := "latest"

tags := {container.name: tag_of(container.image) | some container in containers}

risk := "high" if {
	count(deny) > 3
} else := "some" if {
	count(deny) > 0
} else := "none"

by_kind[kind] contains name if {
	some item in [{"kind": "a", "name": upper("x")}, {"kind": "b", "name": trim_space(" y ")}]
	kind := item.kind
	name := lower(item.name)
}

tried if {
	allow with input as {"request": {"kind": {"kind": "Pod"}}} with data.runs.settings as {"registries": [], "labels": []}
}

# A join, numbers of every kind, and names looked up in sets and objects.
owners[name] := owner if {
	some container in containers
	some owner in settings.owners
	owner.image == container.image
	name := container.name
}

heavy contains container.name if {
	some container in containers
	cpu := to_number(trim_suffix(container.resources.limits.cpu, "m")) / 1000
	round(cpu * 100) >= 1.5e2
	not container.name in settings.exempt
}

# One of several definitions is chosen by what the input holds.
verb_of("CREATE") := "made"

verb_of("UPDATE") := "changed"

kept if {
	input.request.operation == "CREATE"
	input.request.kind.kind == "Pod"
	object.remove(labels, ["team", "app"]) == {}
}

kept if {
	input.request.operation == "UPDATE"
	input.request.kind.kind == "Service"
}

deny contains msg if {
	some container in containers
	regex.match(`(?i)^example\.(org|com)/`, container.image)
	units.parse(container.resources.limits.cpu) > units.parse("1500m")
	[first, _] := split(container.image, "/")
	msg := sprintf("%s: %.1f, %5d|%-6s|%v", [first, 2.5, 3, "x", {"b": [1, 1.5], "a": null}])
}

deny contains msg if {
	container := input.request.object.spec.containers[_]
	count([port | port := container.ports[_]; port.hostPort]) > 0
	msg := sprintf("%s uses %d ports of the node, %.2f at most", [container.name, count(container.ports), 0.5])
}

deny contains msg if {
	input.request.object.metadata.annotations[key]
	glob.match("internal.*/**", ["/"], key)
	msg := replace(key, "internal", "private")
}

sum_of_ports := sum([port.containerPort | some port in ports]) + max([1, 2])

summary := {
	"risk": risk,
	"tags": tags,
	"kinds": by_kind,
	"tried": tried,
	"sum": sum_of_ports,
	"owners": owners,
	"verb": verb_of("CREATE"),
	"order": sort([{"b": 2}, {"a": 1}, [2], [1, 3]]),
	"heavy": heavy,
	"same": labels == {"app": "web"},
	"text": json.marshal(labels),
	"sorted": sort([name | some name, _ in labels]),
	"set": {1, 2} | {3} - {1},
}
