"""Asks a kernel: builds Pods as network namespaces behind a router with the given nftables rules, and probes all pairs.

Runs in a network and a mount namespace of its own, so that everything is gone when it ends. Reads one cluster a line from
stdin, as JSON: {"family": 4|6, "ends": [address], "outside": count, "ports": [port], "rules": text}, where the last ends are outside of
the cluster and not probed from each other; writes one result a line: {"passed": ["from to proto port"], "lost": [...]}, where lost
probes are those that got no answer at all.

TCP and UDP are probed by the kernel's own sockets. For SCTP packets are made by hand, since few kernels have its sockets: what is
asked is whether a first packet arrives, and that a rule of nftables decides alike.
"""

import ctypes
import errno
import json
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
GATEWAY = {4: "169.254.1.1", 6: "fe80::1"}
ROUTER_MAC = "02:00:00:00:00:01"
PATIENCE = 3.0
SCTP = 132
SCTP_SOURCE = 40000
# Errors by ICMP are kept with the packet that they answer: names that Python lacks (linux/in.h, linux/in6.h).
KEEP_ERRORS = {4: (socket.IPPROTO_IP, 11), 6: (socket.IPPROTO_IPV6, 25)}


def sctp_packet(port):
    """The first packet of an association (RFC 9260 3.1, 3.3.2), without a checksum: no stack has to take it."""
    header = struct.pack("!HHII", SCTP_SOURCE, port, 0, 0)
    return header + struct.pack("!BBHIIHHI", 1, 0, 20, 1, 65536, 1, 1, 1)


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
    for i, address in enumerate(cluster["ends"]):
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
    for i in range(len(cluster["ends"])):
        run(["ip", "link", "del", "v%d" % i])
        run(["ip", "netns", "del", "p%d" % i])


def kind_of(cluster):
    return socket.AF_INET if cluster["family"] == 4 else socket.AF_INET6


def sockets_of(cluster, spaces):
    """Listeners of all ends and ports; those of UDP have to answer. What comes by SCTP is seen by one socket an end."""
    kind = kind_of(cluster)
    listeners, answering, seeing = [], [], []
    for i, address in enumerate(cluster["ends"]):
        enter(spaces[i])
        sctp = socket.socket(kind, socket.SOCK_RAW, SCTP)
        sctp.bind((address, 0))
        sctp.setblocking(False)
        seeing.append(sctp)
        for port in cluster["ports"]:
            tcp = socket.socket(kind, socket.SOCK_STREAM)
            tcp.bind((address, port))
            tcp.listen(1024)
            listeners.append(tcp)
            udp = socket.socket(kind, socket.SOCK_DGRAM)
            udp.bind((address, port))
            udp.setblocking(False)
            answering.append(udp)
    return listeners, answering, seeing


class Probes:
    """What is open from one source at a time."""

    def __init__(self, cluster, spaces, answering, seeing):
        self.cluster = cluster
        self.spaces = spaces
        self.answering = {udp.fileno(): udp for udp in answering}
        self.seeing = {sctp.fileno(): (to, sctp) for to, sctp in enumerate(seeing)}
        self.poll = select.epoll()
        for number in [*self.answering, *self.seeing]:
            self.poll.register(number, select.EPOLLIN)
        self.source_index = 0
        # Packets of SCTP that neither arrived nor were refused so far, and the sockets that they went by.
        self.packets = set()
        self.senders = {}
        self.passed = []
        self.lost = []

    def source(self, source):
        enter(self.spaces[source])
        self.source_index = source
        waiting = {}
        kind = kind_of(self.cluster)
        ends = self.cluster["ends"]
        first_outside = len(ends) - self.cluster["outside"]
        for to, address in enumerate(ends):
            if to == source or min(to, source) >= first_outside:
                continue
            for port in self.cluster["ports"]:
                self.start_tcp(waiting, kind, (address, port), "%d %d TCP %d" % (source, to, port))
                self.start_udp(waiting, kind, (address, port), "%d %d UDP %d" % (source, to, port))
            self.start_sctp(kind, to, address)
        self.settle(waiting)

    def sctp_name(self, to, port):
        return "%d %d SCTP %d" % (self.source_index, to, port)

    def start_sctp(self, kind, to, address):
        sctp = socket.socket(kind, socket.SOCK_RAW, SCTP)
        sctp.setsockopt(*KEEP_ERRORS[self.cluster["family"]], 1)
        sctp.connect((address, 0))
        sctp.setblocking(False)
        self.senders[sctp.fileno()] = (to, sctp)
        # Errors are told without being asked for.
        self.poll.register(sctp.fileno(), 0)
        for port in self.cluster["ports"]:
            self.packets.add(self.sctp_name(to, port))
            for _ in range(100):
                try:
                    sctp.send(sctp_packet(port))
                    break
                except OSError:
                    # The refusal of an earlier packet, which is kept apart too; this one did not go out.
                    pass

    def see(self, to, sctp):
        """Packets that arrived: behind the header of IPv4, which IPv6 leaves out."""
        while True:
            try:
                data, sender = sctp.recvfrom(256)
            except OSError:
                return
            if self.cluster["family"] == 4:
                data = data[(data[0] & 15) * 4 :]
            source, port = struct.unpack("!HH", data[:4])
            name = self.sctp_name(to, port)
            is_ours = source == SCTP_SOURCE and sender[0] == self.cluster["ends"][self.source_index]
            if is_ours and name in self.packets:
                self.packets.discard(name)
                self.passed.append(name)

    def refusals(self, to, sctp):
        while True:
            try:
                data = sctp.recvmsg(256, 512, socket.MSG_ERRQUEUE)[0]
            except OSError:
                break
            self.packets.discard(self.sctp_name(to, struct.unpack("!HH", data[:4])[1]))
        # Otherwise it would be told for ever.
        sctp.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

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
        while (waiting or self.packets) and time.monotonic() < end:
            for number, _ in self.poll.poll(0.2):
                if number in self.seeing:
                    self.see(*self.seeing[number])
                elif number in self.senders:
                    self.refusals(*self.senders[number])
                elif number in self.answering:
                    self.answer(self.answering[number])
                elif number in waiting:
                    self.judge(*waiting.pop(number))
        for probe, name, _ in list(waiting.values()):
            self.lost.append(name)
            self.close(probe)
        self.lost.extend(sorted(self.packets))
        self.packets.clear()
        for _, sctp in self.senders.values():
            self.close(sctp)
        self.senders.clear()

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
    spaces = [os.open("/run/netns/p%d" % i, os.O_RDONLY) for i in range(len(cluster["ends"]))]
    try:
        listeners, answering, seeing = sockets_of(cluster, spaces)
        probes = Probes(cluster, spaces, answering, seeing)
        for source in range(len(cluster["ends"])):
            probes.source(source)
        for each in listeners + answering + seeing:
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
