"""Races on PostgreSQL."""
import threading, datetime, pytest
from uuid import uuid4
from django.db import connection, connections
from django.utils import timezone
from members.models import *
from members.services import claims, duty, body_seats, appraisal, library
from members.services import reviews
from workstations.services import seats, duty_cycles, activities as acts_s, quotas as q_s, check_in, tasks as t_s
from tests.factories import activities as acts, appraisal as years, members as make, tasks as duties, grouping as gr, library as lib
from members.facts import Fact
from members.models import User
from workstations.models import *
pytestmark = pytest.mark.django_db(transaction=True)
def together(*deeds):
    gate=threading.Barrier(len(deeds)); out=[None]*len(deeds)
    def run(n,d):
        try:
            gate.wait(10); out[n]=('ok',d())
        except Exception as e: out[n]=(type(e).__name__,str(e)[:100])
        finally: connections.close_all()
    ts=[threading.Thread(target=run,args=(n,d)) for n,d in enumerate(deeds)]
    [t.start() for t in ts]; [t.join(60) for t in ts]
    return out
def u(x): return User.objects.get(pk=x.pk)
def test_races(cast):
    now=timezone.now(); R={}
    m2=acts.member(cast,'m2'); m3=acts.member(cast,'m3')
    b=acts.body(cast.committee,'经济委')
    R['director']=together(lambda: body_seats.seat(b,member=m2,post='director',by=u(cast.li),at=now),lambda: body_seats.seat(b,member=m3,post='director',by=u(cast.li),at=now))
    a=acts.published(cast,capacity=1)
    R['place']=together(lambda: seats.sign_up(a,user=u(cast.wang),at=acts.AT),lambda: seats.sign_up(a,user=u(m2.user),at=acts.AT))
    he=years.confirmer(cast)
    c=years.claim(cast)
    R['confirm']=together(lambda: claims.confirm(DutyClaim.objects.get(pk=c.pk),by=u(cast.li),at=now),lambda: claims.confirm(DutyClaim.objects.get(pk=c.pk),by=u(he),at=now))
    f={"fact":Fact.PLENARY,"mark":"present"}
    c1=years.claim(cast,**f); c2=years.claim(cast,by=cast.li,**f)
    R['attendance']=together(lambda: claims.confirm(DutyClaim.objects.get(pk=c1.pk),by=u(cast.li),at=now),lambda: claims.confirm(DutyClaim.objects.get(pk=c2.pk),by=u(he),at=now))
    k=uuid4(); told=years.told(cast.wang_member)
    R['claim twice']=together(*[lambda: claims.claim(told,files=[years.evidence()],key=k,by=u(cast.wang),at=years.OVER)]*2)
    d=duty.Deed(member=cast.wang_member.pk,on=years.DAY,fact=Fact.ACTIVITY,key='x:1',title='x')
    R['record']=together(*[lambda: duty.record([d],by=None,at=now)]*3)
    rule=duties.rule(cast.committee,at=now,since=timezone.localdate())
    nxt=now+datetime.timedelta(days=40)
    R['cycle']=together(*[lambda: duty_cycles.start(DutyRule.objects.get(pk=rule.pk),at=nxt)]*2)
    q=duties.quota(cast.committee)
    def edit(n):
        qq=Quota.objects.get(pk=q.pk); q_s.edit(qq,[QuotaLine(name=f'a{n}',facts=['information'])],by=u(cast.li),at=now)
    R['quota']=together(lambda: edit(1),lambda: edit(2)); R['quota lines']=QuotaLine.objects.filter(quota=q).count()
    s=years.scheme(cast.committee); years.did(m2,Fact.PROPOSAL)
    R['freeze']=together(*[lambda: appraisal.freeze(ScoreScheme.objects.get(pk=s.pk),by=u(cast.li),at=years.OVER)]*2)
    ap=Appraisal.objects.get()
    R['publish']=together(*[lambda: appraisal.publish(Appraisal.objects.get(pk=ap.pk),by=u(cast.li),at=years.OVER)]*2)
    from members.services import objections, measures
    R['propose']=together(*[lambda: measures.propose_measures(Appraisal.objects.get(pk=ap.pk),by=u(cast.li),at=years.OVER)]*2)
    r=AppraisalResult.objects.get(member=cast.wang_member)
    R['object']=together(*[lambda: objections.object_(AppraisalResult.objects.get(pk=r.pk),words='x',by=u(cast.wang),at=years.OVER)]*2)
    a2=acts.published(cast)
    acts.seat(a2,cast.wang_member,'present')
    R['close']=together(*[lambda: acts_s.close(Activity.objects.get(pk=a2.pk),outcome=acts_s.Outcome(),by=u(cast.li),at=a2.ends_at)]*2)
    from members.services import profiles
    prof=cast.wang_member; Member.objects.filter(pk=prof.pk).update(is_public=True)
    R['ask']=together(*[lambda: profiles.ask(Member.objects.get(pk=prof.pk),words='我们村的路灯不亮了',address='1.2.3.4',at=now)]*2)
    t=duties.task(cast)
    R['handin']=together(*[lambda: t_s.hand_in(DutyTask.objects.get(pk=t.pk),words='这里写了足够长的一段测试文字',by=u(cast.wang),at=now)]*2)
    from members.services import people, contacts
    R['leave']=together(*[lambda: people.grant_leave(Member.objects.get(pk=m3.pk),since=timezone.localdate(),until=timezone.localdate(),reason='x',by=u(cast.li),at=now)]*2)
    from members.services import scoring
    R['newscheme enact']=None
    s1=years.scheme(cast.committee,2030) if 0 else None
    for k_,v in R.items(): print(k_,v)
    print('claims',DutyClaim.objects.filter(key=k).count(), 'records x:1', DutyRecord.objects.standing().filter(key='x:1').count(),'attendance',DutyRecord.objects.standing().filter(fact=Fact.PLENARY).count(),'directors',Membership.objects.filter(body=b,post='director').count())
    print('tasks', rule.tasks.values_list('period').distinct().count(), rule.tasks.count())
