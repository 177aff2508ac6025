"""What the wheel must do where it was just installed: seal under a published key."""

import json
import pathlib
import sys

import cardseal

recipient = cardseal.Recipient.parse(pathlib.Path(sys.argv[1]).read_bytes())
sealed, opener = recipient.seal(b'{"ImageUrl":"https://h.example/card.jpg"}')
print(json.loads(sealed)["Encryption"]["Algorithm"])
