"""Asks a kernel: builds Pods as network namespaces behind a router with the given nftables rules, and probes all pairs.

Runs in a network and a mount namespace of its own, so that everything is gone when it ends. Reads one cluster a line from
stdin, as JSON: {"family": 4|6, "pods": [address], "ports": [port], "rules": text}; writes one result a line:
{"passed": ["from to proto port"], "lost": [...]}, where lost probes are those that got no answer at all.
"""

import ctypes
import errno
import json
import os
import resource
import select
import socket
import subprocess
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
GATEWAY = {4: "169.254.1.1", 6: "fe80::1"}
ROUTER_MAC = "02:00:00:00:00:01"
PATIENCE = 3.0


def run(args, text=None):
    done = subprocess.run(args, input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(args), done.stderr.strip()[:2000]))


def write(path, value):
    with open(path, "w") as file:
        file.write(value)


def enter(descriptor):
    if libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def prepare_router():
    """A namespace of its own for each cluster: connections that are remembered of the last one would pass unasked."""
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    write("/proc/sys/net/ipv4/ip_forward", "1")
    write("/proc/sys/net/ipv6/conf/all/forwarding", "1")
    # Without an address that is ready at once the router could not refuse by ICMPv6.
    write("/proc/sys/net/ipv6/conf/default/accept_dad", "0")
    # Refusals by ICMP would be slowed down, and probes would wait.
    write("/proc/sys/net/ipv4/icmp_ratemask", "0")
    write("/proc/sys/net/ipv6/icmp/ratelimit", "0")
    write("/proc/sys/net/ipv6/icmp/ratemask", "2")


def build(cluster):
    family = cluster["family"]
    width = 32 if family == 4 else 128
    # An address of IPv6 may be used at once, without looking whether another has it.
    nodad = "" if family == 4 else " nodad"
    ip = ["ip", "-%d" % family]
    outside = []
    for i, address in enumerate(cluster["pods"]):
        mac = "02:00:00:00:01:%02x" % i
        run(["ip", "netns", "add", "p%d" % i])
        outside += [
            "link add v%d address %s type veth peer name eth0 address %s netns p%d" % (i, ROUTER_MAC, mac, i),
            "link set v%d up" % i,
        ]
        inside = [
            "link set lo up",
            "link set eth0 up",
            "addr add %s/%d dev eth0%s" % (address, width, nodad),
            "route add %s dev eth0" % GATEWAY[family],
            "neigh add %s lladdr %s dev eth0 nud permanent" % (GATEWAY[family], ROUTER_MAC),
            "route add default via %s dev eth0" % GATEWAY[family],
        ]
        outside += [
            "route add %s/%d dev v%d" % (address, width, i),
            "neigh add %s lladdr %s dev v%d nud permanent" % (address, mac, i),
        ]
        run(ip + ["-batch", "-"], "\n".join(outside) + "\n")
        outside = []
        run(ip + ["-n", "p%d" % i, "-batch", "-"], "\n".join(inside) + "\n")
    run(["nft", "-f", "-"], cluster["rules"])


def tear_down(cluster):
    for i in range(len(cluster["pods"])):
        run(["ip", "link", "del", "v%d" % i])
        run(["ip", "netns", "del", "p%d" % i])


def sockets_of(cluster, spaces):
    """Listeners of all Pods and ports; those of UDP have to answer."""
    kind = socket.AF_INET if cluster["family"] == 4 else socket.AF_INET6
    listeners, answering = [], []
    for i, address in enumerate(cluster["pods"]):
        enter(spaces[i])
        for port in cluster["ports"]:
            tcp = socket.socket(kind, socket.SOCK_STREAM)
            tcp.bind((address, port))
            tcp.listen(1024)
            listeners.append(tcp)
            udp = socket.socket(kind, socket.SOCK_DGRAM)
            udp.bind((address, port))
            udp.setblocking(False)
            answering.append(udp)
    return listeners, answering


class Probes:
    """What is open from one source at a time."""

    def __init__(self, cluster, spaces, answering):
        self.cluster = cluster
        self.spaces = spaces
        self.answering = {udp.fileno(): udp for udp in answering}
        self.poll = select.epoll()
        for number in self.answering:
            self.poll.register(number, select.EPOLLIN)
        self.passed = []
        self.lost = []

    def source(self, source):
        enter(self.spaces[source])
        waiting = {}
        kind = socket.AF_INET if self.cluster["family"] == 4 else socket.AF_INET6
        for to, address in enumerate(self.cluster["pods"]):
            if to == source:
                continue
            for port in self.cluster["ports"]:
                self.start_tcp(waiting, kind, (address, port), "%d %d TCP %d" % (source, to, port))
                self.start_udp(waiting, kind, (address, port), "%d %d UDP %d" % (source, to, port))
        self.settle(waiting)

    def start_tcp(self, waiting, kind, end, name):
        tcp = socket.socket(kind, socket.SOCK_STREAM)
        tcp.setblocking(False)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        code = tcp.connect_ex(end)
        if code in (0, errno.EINPROGRESS):
            waiting[tcp.fileno()] = (tcp, name, "TCP")
            self.poll.register(tcp.fileno(), select.EPOLLOUT)
        else:
            tcp.close()

    def start_udp(self, waiting, kind, end, name):
        udp = socket.socket(kind, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.connect(end)
        try:
            udp.send(b"?")
        except OSError:
            udp.close()
            return
        waiting[udp.fileno()] = (udp, name, "UDP")
        self.poll.register(udp.fileno(), select.EPOLLIN)

    def settle(self, waiting):
        end = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < end:
            for number, _ in self.poll.poll(0.2):
                if number in self.answering:
                    self.answer(self.answering[number])
                elif number in waiting:
                    self.judge(*waiting.pop(number))
        for probe, name, _ in list(waiting.values()):
            self.lost.append(name)
            self.close(probe)

    def answer(self, udp):
        while True:
            try:
                _, sender = udp.recvfrom(16)
                udp.sendto(b"!", sender)
            except OSError:
                return

    def judge(self, probe, name, protocol):
        if protocol == "TCP":
            is_open = probe.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        else:
            try:
                is_open = probe.recv(16) == b"!"
            except OSError:
                is_open = False
        if is_open:
            self.passed.append(name)
        self.close(probe)

    def close(self, probe):
        self.poll.unregister(probe.fileno())
        probe.close()


def ask(cluster):
    prepare_router()
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    build(cluster)
    spaces = [os.open("/run/netns/p%d" % i, os.O_RDONLY) for i in range(len(cluster["pods"]))]
    try:
        listeners, answering = sockets_of(cluster, spaces)
        probes = Probes(cluster, spaces, answering)
        for source in range(len(cluster["pods"])):
            probes.source(source)
        for each in listeners + answering:
            each.close()
    finally:
        enter(home)
        for descriptor in spaces:
            os.close(descriptor)
        os.close(home)
    tear_down(cluster)
    return {"passed": probes.passed, "lost": probes.lost}


def main():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    run(["mount", "-t", "tmpfs", "tmpfs", "/run"])
    for line in sys.stdin:
        print(json.dumps(ask(json.loads(line))), flush=True)


main()
