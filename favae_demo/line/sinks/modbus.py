"""Pass or fail as a coil, and the verdict as registers, of a control that speaks Modbus TCP."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import Field, model_validator

from favae_demo.line.extras import imported
from favae_demo.line.sinks import SinkError
from favae_demo.line.sinks.signal import CODES, SignalOptions, is_rejected, is_timely, taken
from favae_demo.line.verdict_record import VerdictRecord

Address = Annotated[int | None, Field(ge=0, le=65_535)]
WORD = 1 << 16
REFUSALS = {
    1: "it does not have this function",
    2: "it has no such address; check `coil` and `registers`",
    3: "it does not allow this value",
    4: "it has failed",
    6: "it is busy",
    10: "its gateway cannot reach it; check `device`",
    11: "it does not answer its gateway; check `device`",
}


class ModbusOptions(SignalOptions):
    """Settings of the sink `modbus`. Addresses count from 0.

    Attributes:
        host: Name or address of the control.
        port: Its port.
        device: Number of the device behind it (unit).
        coil: It is on if the part does not pass.
        registers: First of three holding registers: the verdict (1 good, 2 defect, 3 not judged, 4 unreadable), and the time of the picture in
            milliseconds, 32 bits with the high word first, which is another for each picture. They are written after the coil.
        timeout: Seconds within which the control must answer.
    """

    host: str
    port: Annotated[int, Field(ge=1, le=65_535)] = 502
    device: Annotated[int, Field(ge=0, le=255)] = 1
    coil: Address = None
    registers: Address = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 3.0

    @model_validator(mode="after")
    def _has_address(self) -> "ModbusOptions":
        if self.coil is None and self.registers is None:
            raise ValueError("`coil` or `registers` is needed, as in coil = 0")
        return self


class ModbusSink:
    """Writes each verdict to a control.

    Args:
        options: Its settings.

    Raises:
        ConfigError: The package for Modbus is not installed.
    """

    batch = 1

    def __init__(self, options: ModbusOptions):
        self._options = options
        client = imported("pymodbus.client").ModbusTcpClient
        self._failure = imported("pymodbus.exceptions").ModbusException
        logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # the sentences here say it
        self._client = client(options.host, port=options.port, timeout=options.timeout, retries=0)

    def start(self) -> None:
        """See `Sink.start`."""
        if not self._client.connect():
            raise SinkError(f"The control {self._options.host} does not answer at port {self._options.port}.")

    def deliver(self, records: Sequence[VerdictRecord]) -> None:
        """See `Sink.deliver`."""
        for record in records:
            if is_timely(record, self._options):
                self._signal(record)

    def check(self) -> None:
        """See `Sink.check`: reads what would be written."""
        self.start()
        coil, registers = self._options.coil, self._options.registers
        if coil is not None:
            self._ask(self._client.read_coils, coil, count=1)
        if registers is not None:
            self._ask(self._client.read_holding_registers, registers, count=3)

    def close(self) -> None:
        """See `Sink.close`."""
        self._client.close()

    def _signal(self, record: VerdictRecord) -> None:
        coil, registers = self._options.coil, self._options.registers
        if coil is not None:
            self._ask(self._client.write_coil, coil, is_rejected(record))
        if registers is not None:
            self._ask(self._client.write_registers, registers, words(record))

    def _ask(self, request: Callable[..., Any], *values: Any, **settings: Any) -> None:
        """Asks the control; once more over a new connection, since controls close idle ones."""
        ask, host = partial(request, *values, device_id=self._options.device, **settings), self._options.host
        try:
            answer = ask()
        except self._failure:
            self._client.close()
            self.start()
            try:
                answer = ask()
            except self._failure as error:
                raise SinkError(f"The connection to the control {host} is broken: {error}.") from error
        if answer.isError():
            reason = REFUSALS.get(answer.exception_code, f"code {answer.exception_code}")
            raise SinkError(f"The control {host} refuses: {reason}.")


def words(record: VerdictRecord) -> list[int]:
    """Returns a verdict as three words of 16 bits: its code, and the high and low word of its time in milliseconds."""
    milliseconds = round(taken(record).timestamp() * 1000)
    return [CODES[record.verdict], milliseconds // WORD % WORD, milliseconds % WORD]
