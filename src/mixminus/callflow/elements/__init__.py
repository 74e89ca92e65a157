"""Every XML element we understand. To add one: write its file, add its line."""
