"""Queries of anyone, evaluated in processes that can be killed, within limits of time, memory and rows."""
