from perron.outreach.contact.tables import Conversation, Message

__all__ = ["Conversation", "Message"]
