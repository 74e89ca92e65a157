"""Requests to the customer's application: payloads, signatures, pages that steer a call, notices that inform."""
