# A message of quality 2 that the broker refuses counts as published in paho-mqtt.
#
# In MQTT 5 a broker answers a message of quality 2 with PUBREC, whose reason code says whether it takes it; from 0x80 on it is refused, and the
# exchange ends there (section 4.3.3 of the standard). paho-mqtt 2.1.0 and 2.2.0 ignore this code, send PUBREL as if the message had been taken, and
# report the code of the broker's PUBCOMP. The broker here is a few bytes of the protocol; it answers the PUBREL with success, as mosquitto 2.0.11
# does. A message of quality 1 that is refused is reported correctly.
#
# expected: both messages are reported as refused
# observed: quality 1: Not authorized; quality 2: Success
source "$(dirname "$0")/lib.sh"
install paho-mqtt==2.2.0
cat > refused.py <<'PYTHON'
import socket
import threading

import paho.mqtt.client as mqtt
from finding import report

REFUSED = 0x87  # not authorized


def packet(connection):
    """Returns type, first byte and body of the next packet; all here are shorter than 128 bytes."""
    head = connection.recv(2, socket.MSG_WAITALL)
    if len(head) < 2:
        return None, None, b""
    return head[0] >> 4, head[0], connection.recv(head[1], socket.MSG_WAITALL) if head[1] else b""


def serve(listener):
    connection, _ = listener.accept()
    while True:
        kind, first, body = packet(connection)
        if kind is None:
            return
        if kind == 1:  # CONNECT: CONNACK, success, no properties
            connection.sendall(bytes([0x20, 3, 0, 0, 0]))
        elif kind == 3:  # PUBLISH: PUBACK or PUBREC, refused
            length = int.from_bytes(body[:2], "big")
            number = body[2 + length : 4 + length]
            answer = {1: 0x40, 2: 0x50}[first >> 1 & 3]
            connection.sendall(bytes([answer, 3]) + number + bytes([REFUSED]))
        elif kind == 6:  # PUBREL, which should not come: PUBCOMP
            connection.sendall(bytes([0x70, 2]) + body[:2])


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
reasons = {}
client.on_publish = lambda client, userdata, number, reason, properties: reasons.update({number: str(reason)})
client.connect("127.0.0.1", listener.getsockname()[1])
client.loop_start()
for quality in (1, 2):
    sent = client.publish("parts", "a verdict", quality)
    sent.wait_for_publish(5)
    print(f"quality {quality}: published: {sent.is_published()}, reason: {reasons[sent.mid]}")
first, second = reasons.values()
report("paho-mqtt", "both are refused", f"quality 1: {first}; quality 2: {second}", (first, second) == ("Not authorized", "Success"))
PYTHON
python refused.py
