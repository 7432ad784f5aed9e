# what a shop keeps
locals {
  count_of = 1 + 2
  n = 5
  neg = -10
  negref = -n
  big = 12345678901234567890
  exp = 1e5
  frac = 0.10
  t = true
  nt = !true
  z = null
  s = "plain"
  esc = "a\tb \"q\" \\ \u00e9 \U0001F600 $${x} %%{y}"
  wrap = "${local.n}"
  wrapnum = "${5}"
  mixed = "a-${local.n}-b"
  numin = "a${5}b${1e21}c${0.5}d${true}e${null}"
  cond = local.n > 2 ? "x" : "y"
  condin = "pre-${local.n > 2 ? "x" : "y"}-post"
  condnum = "pre-${local.n > 2 ? 1 : 0}"
  condempty = "pre-${local.n > 2 ? "x" : ""}"
  tuple = [1, "two", three, [4], { five = 5 },]
  obj = {
    a = 1
    b : 2, c = 3
    "q k" = 4
    "${local.n}" = 5
    "x${local.n}" = 6
    (local.n) = 7
    a.b.c = 8
    d["e"] = 9
    d[e] = 10
    7 = "seven"
    true = "yes"
    null = "no"
    f() = 11
  }
  emptyo = {}
  emptyt = []
  forl = [for x in var.l : x if x != ""]
  foro = { for k, v in var.m : k => v... }
  splat = aws_x.y[*].id
  splat2 = aws_x.y.*.id.0
  idx = a[0].b["c"].d[e]
  legacy = a.0.b
  call = join(",", [
    "a",
    "b",
  ])
  callx = max(local.list...)
  paren = (1 + 2) * 3
  parens = (local.n)
  parenobj = ({ a = 1 })
  ns = provider::aws::f(1)
  dirs = "%{ if local.n == 1 }one%{ else }other%{ endif }"
  dirs2 = "x %{~ if a ~}  y %{~ endif ~} z"
  dirs3 = "%{for i, v in list}${i}=${v};%{endfor}"
  nested = "a${"b${c}"}d"
  nest2 = "${"${c}"}"
}
