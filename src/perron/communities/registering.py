"""What others learn of this package when there are models: who the tenants are, and who has which rights."""

from perron.communities.models import Partner
from perron.communities.rights import answer_privacy
from perron.privacy.tenancy.paths import tenants_are

tenants_are(Partner)
answer_privacy()
