a = (1 +
 2)
b = [for x in
 y : x]
c = a[
0
]
d = {
 for k,v in x : k => v if v
}
e = -(1)
f = !a
g = a ? -1 : !true
h = "${ -1 }"
i = "${[1,2]}"
j = "${{a=1}}"
k=a.*.b[0].c
l = a[*][0].x.0
m = [1,2
,3]
n = "$"
o = "%"
p="$$"
q="$$${a}"
r="100%%"
t="a$b%c"