"""A small service that converts lengths."""

from flask import Flask, jsonify, request

METRES = {"m": 1.0, "km": 1000.0, "ft": 0.3048, "mi": 1609.344}

app = Flask(__name__)


@app.get("/healthz")
def health():
    """Answer the health check of the platform."""
    return jsonify(status="ok")


@app.get("/convert")
def convert():
    """Convert `value` between two of the known units."""
    source = request.args.get("from", "m")
    target = request.args.get("to", "ft")
    unknown = [unit for unit in (source, target) if unit not in METRES]
    if unknown:
        return jsonify(error=f"unknown unit: {unknown[0]}"), 400
    try:
        value = float(request.args["value"])
    except (KeyError, ValueError):
        return jsonify(error="value must be a number"), 400
    return jsonify(value=value * METRES[source] / METRES[target], unit=target)
