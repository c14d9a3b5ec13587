from perron.outreach.contact.tables import Conversation, Message
from perron.outreach.newsletter.tables import Campaign, NewsReader

__all__ = ["Campaign", "Conversation", "Message", "NewsReader"]
