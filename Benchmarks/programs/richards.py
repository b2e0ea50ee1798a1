# Tasks, devices and packets of a small operating system: method calls over subclasses.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(6)
TO_DEVICE, WORK = range(2)


class Packet:
    def __init__(self, link, target, kind):
        self.link = link
        self.target = target
        self.kind = kind
        self.datum = 0
        self.data = [0] * 4

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        last = queue
        while last.link is not None:
            last = last.link
        last.link = self
        return queue


class Task:
    def __init__(self, system, identity, priority, queue, waiting):
        self.system = system
        self.identity = identity
        self.priority = priority
        self.queue = queue
        self.waiting = waiting
        self.held = False
        system.add(self)

    def ready(self):
        return not self.held and (not self.waiting or self.queue is not None)

    def run_once(self):
        packet = None
        if self.waiting and self.queue is not None:
            packet = self.queue
            self.queue = packet.link
            self.waiting = False
        return self.step(packet)

    def accept(self, packet, sender):
        self.queue = packet.append_to(self.queue)
        return self if self.priority > sender.priority else sender

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.held = True
        self.system.holds += 1
        return None


class Idle(Task):
    def __init__(self, system, count):
        super().__init__(system, IDLE, 0, None, False)
        self.state = 1
        self.count = count

    def step(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.state & 1:
            self.state = self.state >> 1 ^ 0xD008
            return self.system.release(DEVICE_B)
        self.state >>= 1
        return self.system.release(DEVICE_A)


class Worker(Task):
    def __init__(self, system, queue):
        super().__init__(system, WORKER, 1000, queue, True)
        self.destination = HANDLER_A
        self.letter = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.destination = HANDLER_B if self.destination == HANDLER_A else HANDLER_A
        packet.target = self.destination
        packet.datum = 0
        for index in range(4):
            self.letter = self.letter % 26 + 1
            packet.data[index] = 64 + self.letter
        return self.system.send(packet, self)


class Handler(Task):
    def __init__(self, system, identity, priority, queue):
        super().__init__(system, identity, priority, queue, True)
        self.work = self.devices = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK:
                self.work = packet.append_to(self.work)
            else:
                self.devices = packet.append_to(self.devices)
        work = self.work
        if work is not None:
            count = work.datum
            if count >= 4:
                self.work = work.link
                return self.system.send(work, self)
            device = self.devices
            if device is not None:
                self.devices = device.link
                device.datum = work.data[count]
                work.datum = count + 1
                return self.system.send(device, self)
        return self.wait()


class Device(Task):
    def __init__(self, system, identity, priority):
        super().__init__(system, identity, priority, None, True)
        self.pending = None

    def step(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            return self.system.send(packet, self)
        self.pending = packet
        self.system.checksum = (self.system.checksum * 31 + packet.datum) % 1000003
        return self.hold()


class System:
    def __init__(self):
        self.tasks = {}
        self.order = []
        self.holds = self.sent = self.checksum = 0

    def add(self, task):
        self.tasks[task.identity] = task
        self.order.insert(0, task)

    def release(self, identity):
        task = self.tasks[identity]
        task.held = False
        return task if task.priority > 0 else None

    def send(self, packet, sender):
        target = self.tasks[packet.target]
        self.sent += 1
        packet.target = sender.identity
        packet.link = None
        return target.accept(packet, sender)

    def run(self):
        index, task = 0, self.order[0]
        while index < len(self.order):
            task = self.order[index]
            index += 1
            while task is not None and task.ready():
                index = 0
                task = task.run_once()


def packets(count, target, kind):
    queue = None
    for _ in range(count):
        queue = Packet(queue, target, kind)
    return queue


for _ in range(scaled(28)):
    system = System()
    Idle(system, 12000)
    Worker(system, packets(2, WORKER, WORK))
    Handler(system, HANDLER_A, 2000, packets(3, DEVICE_A, TO_DEVICE))
    Handler(system, HANDLER_B, 3000, packets(3, DEVICE_B, TO_DEVICE))
    Device(system, DEVICE_A, 4000)
    Device(system, DEVICE_B, 5000)
    system.run()
    print(system.sent, system.holds, system.checksum)
