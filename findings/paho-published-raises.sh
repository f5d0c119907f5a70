# paho-mqtt says of a message that was published that it was not.
#
# A message of quality 1 that is given to a client without a connection is kept, and sent once there is one: the broker gets it, and `on_publish` is
# called with "Success". Its `is_published` and `wait_for_publish` raise RuntimeError ("not currently connected") for ever, since they keep the result of
# the first attempt. Whoever takes that for a failure and publishes again has the message twice. The broker here is a few bytes of the protocol.
#
# expected: is_published() is True
# observed: broker has it: True, on_publish: Success, is_published(): RuntimeError: Message publish failed: The client is not currently connected.
source "$(dirname "$0")/lib.sh"
install paho-mqtt==2.2.0
cat > raises.py <<'PYTHON'
import socket
import threading

import paho.mqtt.client as mqtt
from finding import report

received = []


def serve(listener):
    connection, _ = listener.accept()
    while head := connection.recv(2, socket.MSG_WAITALL):  # all packets here are shorter than 128 bytes
        body = connection.recv(head[1], socket.MSG_WAITALL)
        if head[0] >> 4 == 1:  # CONNECT: CONNACK
            connection.sendall(bytes([0x20, 2, 0, 0]))
        elif head[0] >> 4 == 3:  # PUBLISH: PUBACK
            length = int.from_bytes(body[:2], "big")
            received.append(body[4 + length :])
            connection.sendall(bytes([0x40, 2]) + body[2 + length : 4 + length])


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
done, reasons = threading.Event(), []
client.on_publish = lambda client, userdata, number, reason, properties: (reasons.append(str(reason)), done.set())
sent = client.publish("parts", "a verdict", 1)
client.connect("127.0.0.1", listener.getsockname()[1])
client.loop_start()
done.wait(5)
try:
    answer = str(sent.is_published())
except RuntimeError as error:
    answer = f"RuntimeError: {error}"
observed = f"broker has it: {received == [b'a verdict']}, on_publish: {reasons[0]}, is_published(): {answer}"
report("paho-mqtt", "is_published() is True", observed, received == [b"a verdict"] and answer.startswith("RuntimeError"))
PYTHON
python raises.py
