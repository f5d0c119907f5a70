"""Controls of a machine, as their libraries make them: a Modbus TCP device and an OPC UA server, which tests end and start again."""

import asyncio
import json
import threading
from collections.abc import Coroutine
from typing import Any

import asyncua
from asyncua import ua
from asyncua.common.callback import CallbackType
from asyncua.server.user_managers import User, UserRole
from mqtt_broker import free_port
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


class _Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, task: Coroutine) -> Any:
        """Waits for a task."""
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


class ModbusDevice:
    """A device with 16 coils and 16 holding registers from address 0 on.

    Attributes:
        coils: Address and value of what was written, in order.
        registers: Address and values of what was written, in order.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.coils: list[tuple[int, bool]] = []
        self.registers: list[tuple[int, list[int]]] = []
        self._loop = _Loop()

    def start(self) -> None:
        """Starts it, at the same port as before."""
        self._loop.run(self._start())

    def stop(self) -> None:
        """Ends it; connections break."""
        self._loop.run(self._server.shutdown())

    def close(self) -> None:
        """Ends it for good."""
        self.stop()
        self._loop.close()

    async def _start(self) -> None:
        coils = [SimData(0, count=16, values=False, datatype=DataType.BITS)]
        registers = [SimData(0, count=16, values=0, datatype=DataType.REGISTERS)]
        device = SimDevice(1, simdata=(coils, coils, registers, registers))
        self._server = ModbusTcpServer(device, address=("127.0.0.1", self.port), trace_pdu=self._note)
        await self._server.serve_forever(background=True)

    def _note(self, is_sent: bool, pdu: Any) -> Any:
        if not is_sent and pdu.function_code == 5:
            self.coils.append((pdu.address, pdu.bits[0]))
        if not is_sent and pdu.function_code == 16:
            self.registers.append((pdu.address, list(pdu.registers)))
        return pdu


class OpcUaServer:
    """A server with the variables `Reject` (Boolean), `Record` (String) and `Fixed` (Boolean, not to be written).

    Attributes:
        written: Names and values of what was written, in order.
    """

    def __init__(self, password: str = "") -> None:
        self.url = f"opc.tcp://127.0.0.1:{free_port()}"
        self.written: list[tuple[str, Any]] = []
        self._password = password
        self._loop = _Loop()
        self._loop.run(self._start())

    def start(self) -> None:
        """Answers again, at the same address as before."""
        self._loop.run(self._server.bserver.start())

    def stop(self) -> None:
        """Ends to answer; connections break. To make the whole server anew takes seconds."""
        self._loop.run(self._server.bserver.stop())

    def close(self) -> None:
        """Ends it for good."""
        self._loop.run(self._server.stop())
        self._loop.close()

    def records(self) -> list[dict]:
        """Returns the verdicts that were written."""
        return [json.loads(value) for name, value in self.written if name == "Record"]

    def get_user(
        self, session: Any, username: str | None = None, password: Any = None, certificate: Any = None
    ):
        """Who may log in; called by the server."""
        is_known = not self._password or (username == "line" and password == self._password)
        return User(role=UserRole.User, name=username) if is_known else None

    async def _start(self) -> None:
        self._server = asyncua.Server(user_manager=self)
        await self._server.init()
        self._server.set_endpoint(self.url)
        self._server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        space = await self._server.register_namespace("line")
        for name, value in {"Reject": False, "Record": "", "Fixed": False}.items():
            variable = await self._server.nodes.objects.add_variable(ua.NodeId(name, space), name, value)
            if name != "Fixed":
                await variable.set_writable()
        self._server.subscribe_server_callback(CallbackType.PostWrite, self._note)
        await self._server.start()

    def _note(self, event: Any, _: Any) -> None:
        if event.is_external:
            for item in event.request_params.NodesToWrite:
                self.written.append((item.NodeId.Identifier, item.Value.Value.Value))
