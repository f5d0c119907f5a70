# A file of rights that lets nobody read a topic does not refuse a subscription to it in mosquitto: the subscription is granted, and stays silent.
#
# `acl_file` with the single line `topic write barrier/#` allows messages to be sent and none to be read. MQTT 3.1.1 and 5 have an answer for a
# subscription that is not allowed (SUBACK with 0x80 or 0x87). mosquitto 2.0.11 (Debian 12) answers "Granted QoS 1" by both, and then passes nothing
# on: who waits for messages cannot tell a missing right from a quiet machine. Only a plugin, such as its dynamic security, refuses.
#
# expected: the subscription is refused, in both versions of the protocol
# observed: in both versions: barrier/left Granted QoS 1, 0 messages; open/left, which may be read, Granted QoS 1, 1 message
source "$(dirname "$0")/lib.sh"
export VERSION=2.0.11-1.2+deb12u2
apt-get download -qq "mosquitto=$VERSION" libcjson1 libdlt2 libwrap0 libnsl2 libtirpc3
for package in *.deb; do dpkg -x "$package" broker; done
export BROKER=$work/broker/usr/sbin/mosquitto
export LD_LIBRARY_PATH=$work/broker/usr/lib/$(uname -m)-linux-gnu:$work/broker/lib/$(uname -m)-linux-gnu
install paho-mqtt==2.2.0
cat > granted.py <<'PYTHON'
import getpass
import os
import pathlib
import socket
import subprocess
import time

import paho.mqtt.client as mqtt
from finding import report

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
pathlib.Path("rights").write_text("topic write barrier/#\ntopic readwrite open/#\n")
pathlib.Path("broker.conf").write_text(
    f"listener {port} 127.0.0.1\nuser {getpass.getuser()}\nallow_anonymous true\nacl_file rights\n"
)
broker = subprocess.Popen([os.environ["BROKER"], "-c", "broker.conf"], stderr=subprocess.DEVNULL)


def subscribed(protocol):
    """Returns for each topic the broker's answer to a subscription, and how many messages came of one that was sent."""
    answers, messages = {}, {"barrier/left": 0, "open/left": 0}
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=protocol)
    client.on_subscribe = lambda client, userdata, number, reasons, properties: answers.update({number: str(reasons[0])})
    client.on_message = lambda client, userdata, message: messages.update({message.topic: messages[message.topic] + 1})
    for _ in range(100):
        try:
            client.connect("127.0.0.1", port)
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    client.loop_start()
    found = {}
    for topic in messages:
        _, number = client.subscribe(topic, 1)
        while number not in answers:
            time.sleep(0.01)
        client.publish(topic, "part 7", 1).wait_for_publish(5)
        time.sleep(1)
        found[topic] = (answers[number], messages[topic])
    client.disconnect()
    return found


try:
    found = {int(protocol): subscribed(protocol) for protocol in (mqtt.MQTTv311, mqtt.MQTTv5)}
finally:
    broker.kill()
stated = {"barrier/left": ("Granted QoS 1", 0), "open/left": ("Granted QoS 1", 1)}
report(
    "paho-mqtt",
    "the subscription to barrier/left is refused",
    f"mosquitto {os.environ['VERSION']}: {found}",
    all(answers == stated for answers in found.values()),
)
PYTHON
python granted.py
