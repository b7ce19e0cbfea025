"""Gateways: their forms, their answers, their faults."""
