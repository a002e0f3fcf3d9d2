"""What loyalty tells about members, programmes and cards."""
