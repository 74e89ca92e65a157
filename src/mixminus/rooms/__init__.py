"""The product: who hears whom, and when a room starts, waits and ends. Pure; read this package first."""
