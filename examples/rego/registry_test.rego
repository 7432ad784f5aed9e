package registry_test

import data.registry

pod(image) := {"spec": {"containers": [{"name": "web", "image": image}]}}

test_images[name] if {
	some name, case in {
		"ours": {"image": "registry.example/web:1.0", "allowed": true},
		"theirs": {"image": "elsewhere.example/web:1.0", "allowed": false},
		"a name that only begins like ours": {"image": "registry.example.org/web:1.0", "allowed": false},
	}
	allowed := registry.allow with input as pod(case.image)
	allowed == case.allowed
}
