"""`SINKS`: the kinds of sinks."""

from typing import Any

from favae_demo.line.options import Kind
from favae_demo.line.sinks import Sink
from favae_demo.line.sinks.database import DatabaseOptions, DatabaseSink
from favae_demo.line.sinks.modbus import ModbusOptions, ModbusSink
from favae_demo.line.sinks.mqtt import MqttOptions, MqttSink
from favae_demo.line.sinks.opcua import OpcUaOptions, OpcUaSink
from favae_demo.line.sinks.text_files import TextFileOptions, csv_file, json_lines
from favae_demo.line.sinks.webhook import WebhookOptions, WebhookSink

SINKS: dict[str, Kind[Any, Sink]] = {
    "sqlite": Kind(DatabaseOptions, DatabaseSink),
    "jsonl": Kind(TextFileOptions, json_lines),
    "csv": Kind(TextFileOptions, csv_file),
    "mqtt": Kind(MqttOptions, MqttSink),
    "modbus": Kind(ModbusOptions, ModbusSink),
    "opcua": Kind(OpcUaOptions, OpcUaSink),
    "webhook": Kind(WebhookOptions, WebhookSink),
}
