"""What others learn of this package when there are models: how an item is answered to other programs."""

from perron.delivery.calling import told_by
from perron.reader.api.at_home import told

told_by(told)
