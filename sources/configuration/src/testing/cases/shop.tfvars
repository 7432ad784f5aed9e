region = "eu"
sizes = {
  small = 1
}
