"""What people say to the shop and are told by it, whatever the channel: conversations, messages."""
