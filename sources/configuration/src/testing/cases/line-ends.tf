a = <<E
line
E
b {
  c = 1 # x
}
