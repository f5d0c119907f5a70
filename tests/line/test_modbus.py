"""Modbus TCP with a real device: the coil, then the registers, in order, over a device that is restarted."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from controls import ModbusDevice
from line_delivery import deliver_over_failures, sink_plan
from line_records import record

from favae_demo.core.errors import ConfigError
from favae_demo.line.sinks import SinkError
from favae_demo.line.sinks.modbus import words
from favae_demo.line.verdict_record import VERDICTS


@pytest.fixture
def device() -> Iterator[ModbusDevice]:
    device = ModbusDevice()
    device.start()
    yield device
    device.close()


def plan(device: ModbusDevice, **changes):
    settings = {
        "kind": "modbus",
        "host": "127.0.0.1",
        "port": device.port,
        "max_age": float("inf"),
        "timeout": 10,
    }
    return sink_plan(
        **settings | ({} if {"coil", "registers"} & set(changes) else {"coil": 3, "registers": 8}) | changes
    )


def test_each_verdict_sets_the_coil_and_the_registers(device: ModbusDevice) -> None:
    sink = plan(device).open()
    sink.start()
    sink.deliver([record(i, verdict=verdict) for i, verdict in enumerate(VERDICTS)])
    sink.close()
    rejected = {"good": False, "defect": True, "not judged": True, "unreadable": True}
    assert device.coils == [(3, rejected[verdict]) for verdict in VERDICTS]
    assert [(address, values[0]) for address, values in device.registers] == [(8, 1), (8, 2), (8, 3), (8, 4)]
    times = [(high << 16) + low for _, (_, high, low) in device.registers]
    first = round(datetime(2026, 3, 1, 6, 0, 0, 125_000, UTC).timestamp() * 1000) % 2**32
    assert times == [first + 1000 * i for i in range(4)]


def test_a_device_that_is_restarted_gets_all_in_order(device: ModbusDevice, tmp_path: Path) -> None:
    ids = {tuple(words(record(i))[1:]): record(i).id for i in range(90)}

    def fail() -> None:
        device.stop()
        device.start()

    deliver_over_failures(
        tmp_path, plan(device), lambda: [ids[tuple(values[1:])] for _, values in device.registers], fail
    )


def test_a_connection_that_the_device_closed_delays_nothing(device: ModbusDevice) -> None:
    sink = plan(device).open()
    sink.start()
    sink.deliver([record(0)])
    device.stop()
    device.start()
    time.sleep(0.1)  # until the system knows
    begun = time.monotonic()
    sink.deliver([record(1)])
    assert time.monotonic() - begun < 1
    sink.close()
    assert len(device.coils) == len(device.registers) == 2


def test_a_late_verdict_is_not_signalled(device: ModbusDevice) -> None:
    now = datetime.now(UTC)
    sink = plan(device, coil=0, max_age=5).open()
    sink.start()
    for age, verdict in (
        (1, "good"),
        (60, "defect"),
        (-60, "defect"),
    ):  # the last one: the clock was put back
        sink.deliver([record(0, verdict=verdict, time=(now - timedelta(seconds=age)).isoformat())])
    sink.close()
    assert device.coils == [(0, False), (0, True)]


def test_what_does_not_take_verdicts_is_told(device: ModbusDevice) -> None:
    plan(device).open().check()
    assert device.coils == device.registers == []
    for settings in ({"coil": 16}, {"registers": 14}):
        with pytest.raises(
            SinkError, match=r"The control 127.0.0.1 refuses: it has no such address; check `coil`"
        ):
            plan(device, **settings).open().check()
    device.stop()
    with pytest.raises(SinkError, match=f"The control 127.0.0.1 does not answer at port {device.port}"):
        plan(device).open().check()
    device.start()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "`coil` or `registers` is needed"),
        ({"coil": 70_000}, "`coil`: input should be less than or equal to 65535"),
        ({"coil": 0, "max_age": 0}, "`max_age`: input should be greater than 0"),
    ],
)
def test_mistakes_get_a_sentence(settings: dict, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        sink_plan(kind="modbus", host="10.0.0.9", **settings)
    assert sentence in str(caught.value)
