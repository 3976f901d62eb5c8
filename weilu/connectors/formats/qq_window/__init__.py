"""Messages copied out of a QQ window, on a computer or a phone."""
