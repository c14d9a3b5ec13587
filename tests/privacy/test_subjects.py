import hmac

import pytest

from perron.privacy import subjects
from perron.privacy.keys import address_key
from perron.privacy.models import Addressee


@pytest.mark.django_db
def test_an_address_is_one_subject_in_every_spelling_and_is_not_stored() -> None:
    first = subjects.of_address("Anne.Lambert@example.org")
    assert (
        subjects.of_address(" anne.lambert@EXAMPLE.org ") == first == subjects.known_address("anne.lambert@example.org")
    )
    assert subjects.of_address("bert@example.org") != first
    assert "anne" not in str(Addressee.objects.values()).lower()


@pytest.mark.django_db
def test_asking_about_an_address_stores_nothing() -> None:
    assert subjects.known_address("nobody@example.org") is None
    assert not Addressee.objects.exists()


def test_a_fingerprint_is_the_hmac_of_the_address() -> None:
    expected = hmac.digest(address_key(), b"anne@example.org", "sha256").hex()
    assert subjects.fingerprint("Anne@example.org ") == expected
