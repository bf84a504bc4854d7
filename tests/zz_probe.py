import re, pytest
from django.db import transaction
from django.test import Client
from tests.test_front_door import addresses
from tests.world import sample
from tests.factories import members as make, tasks as duties, activities as acts
from members.models import BodyKind
@pytest.mark.django_db
def test_clerk(world):
    cast=world.cast
    b=acts.body(cast.committee,'珠泉镇联络组',BodyKind.LIAISON_GROUP)
    m=acts.member(cast,'townmember','镇委员'); acts.post(b,m)
    clerk=duties.clerk(cast.committee,b)
    c=Client(); c.force_login(clerk,backend='members.auth.NameOrPhoneBackend')
    v=Client()
    out=[]
    for name in addresses():
        try: a=sample(world,name)
        except Exception as e: continue
        codes=[]
        for f in (c.get,c.post):
            with transaction.atomic():
                try: r=f(a); codes.append(r.status_code)
                except Exception as e: codes.append(repr(e)[:60])
                transaction.set_rollback(True)
        vg=v.get(a).status_code
        if codes[0] not in (404,403) or codes[1] not in (404,403,405):
            if vg!=200: out.append(f'{name} {a} {codes}')
    print('\n'.join(out))
