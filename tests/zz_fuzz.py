import os
import re
import sys
import traceback
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from tests.test_front_door import addresses
from tests.world import sample


class P(HTMLParser):
    def __init__(s):
        super().__init__(); s.forms=[]; s.f=None; s.sel=None; s.ta=None
    def handle_starttag(s,t,a):
        a=dict(a)
        if t=='form': s.f={'action':a.get('action') or '', 'method':(a.get('method') or 'get').lower(),'fields':{}}; s.forms.append(s.f)
        if s.f is None: return
        n=a.get('name')
        if t=='input' and n and n!='csrfmiddlewaretoken':
            ty=a.get('type','text')
            if ty in('checkbox','radio'):
                if 'checked' in a or n not in s.f['fields']: s.f['fields'][n]=(ty,a.get('value') or 'on')
            elif ty=='file': s.f['fields'][n]=('file','')
            else: s.f['fields'][n]=(ty,a.get('value') or '')
        if t=='button' and n: s.f['fields'][n]=('button',a.get('value') or '')
        if t=='select' and n: s.sel=(n,[]); s.f['fields'][n]=('select','')
        if t=='option' and s.sel:
            v=a.get('value') or ''
            if v and ('selected' in a or not s.f['fields'][s.sel[0]][1]): s.f['fields'][s.sel[0]]=('select',v)
        if t=='textarea' and n: s.ta=n; s.f['fields'][n]=('textarea','')
    def handle_data(s,d):
        if s.ta and s.f is not None: s.f['fields'][s.ta]=('textarea',s.f['fields'][s.ta][1]+d)
    def handle_endtag(s,t):
        if t=='form': s.f=None
        if t=='select': s.sel=None
        if t=='textarea': s.ta=None

NASTY={
 'text':['\0abc','x'*5000,'',"<script>zz()</script>",'a\r\nATTENDEE:x','=cmd|1','\ud7ff\u202e','٣٤٥'],
 'textarea':['\0abc','字'*25000,''],
 'number':['-1','99999999999999999999','NaN','Infinity','1e400','0','32767','99999.9','-99999','9999.99','3.14159','2147483647'],
 'date':['0001-01-01','9999-12-31','2026-02-31','x','\0','2026-11-21','1900-01-01','2100-12-31'],
 'datetime-local':['0001-01-01T00:00','9999-12-31T23:59','2026-02-31T00:00','x'],
 'select':['','nope','\0','99999999999999999999','-1'],
 'radio':['nope','\0'],'checkbox':['nope','99999999999999999999','\0',''],
 'hidden':['','\0','nope','-1','99999999999999999999','["x"]','null','{"a":1}'],
}
NASTY['url']=NASTY['text'];NASTY['search']=NASTY['text'];NASTY['month']=['0000-00','9999-99','\0'];NASTY['email']=NASTY['text'];NASTY['tel']=NASTY['text'];NASTY['button']=[]
def good(n,ty,v):
    if v: return v
    t=timezone.localdate()
    return {'text':'测试文字','textarea':'这里写了足够长的一段测试文字内容','number':'1','date':t.isoformat(),'datetime-local':f'{t+timedelta(days=3)}T09:00'}.get(ty,v)

OUT=os.environ.get('FUZZ_OUT','/tmp/fuzz.txt')
@pytest.mark.django_db
def test_fuzz(world):
    names=addresses(); want=os.environ.get('FUZZ_NAMES','')
    found={}; count=0
    roles=os.environ.get('FUZZ_ROLES','staff').split(',')
    seen=set()
    for name in names:
        try: addr=sample(world,name)
        except Exception: continue
        try: mod=resolve(addr.split('?')[0]).func.__module__
        except Exception: continue
        if not re.match(r'members|workstations|config\.duty',mod) or '.api' in mod or 'roster' in mod or mod.endswith('.stations'): continue
        if want and not re.search(want,name): continue
        for role in roles:
            c=Client(raise_request_exception=True)
            if world.people[role] is not None: c.force_login(world.people[role],backend='members.auth.NameOrPhoneBackend')
            def do(meth,url,data=None):
                nonlocal count
                count+=1
                try:
                    with transaction.atomic():
                        r=getattr(c,meth)(url,data or {})
                        body=b'' if r.streaming else r.content
                        transaction.set_rollback(True)
                        if r.status_code>=500: found.setdefault((name,role,str(data)[:80],r.status_code),'')
                        if b'<script>zz()' in body: found.setdefault((name,'XSS',role),str(data)[:300])
                        return r,body
                except Exception as e:
                    tb=traceback.extract_tb(sys.exc_info()[2]); own=[f for f in tb if '/work/main/' in f.filename and 'zz_fuzz' not in f.filename]
                    own=own[-1] if own else tb[-1]
                    key=(type(e).__name__,own.filename[11:],own.lineno)
                    if key not in found: found[key]=f'{name} {role} {meth} {url} LAST={last} {str(e)[:300]!r}'
                    with open(OUT,'w') as f: f.write('\n'.join(f'{k} :: {v}' for k,v in found.items())+f'\n{count}\n')
                    return None,b''
            last=''
            r,body=do('get',addr)
            if r is None or r.status_code!=200 or 'html' not in r.headers.get('Content-Type',''): continue
            p=P(); p.feed(body.decode())
            for f in p.forms:
                if 'logout' in f['action'] or 'logout' in f['action'] or '/search' in f['action']: continue
                url=f['action'] if f['action'].startswith('/') else addr.split('?')[0]+(f['action'] if f['action'].startswith('?') else '')
                key=(f['method'],re.sub(r'\d+','N',url),tuple(sorted(f['fields'])))
                if key in seen: continue
                seen.add(key)
                base={}
                for n,(ty,v) in f['fields'].items():
                    if ty=='file':
                        continue
                    if ty=='button' and len([1 for x in f['fields'].values() if x[0]=='button'])>1: continue
                    if ty=='checkbox' and not v: continue
                    base[n]=good(n,ty,v)
                last='base'; do(f['method'],url,dict(base))
                for n,(ty,v) in f['fields'].items():
                    for bad in NASTY.get(ty,NASTY['text']) if ty!='file' else ['notafile']:
                        last=f'{n}={bad[:30]!r}'
                        do(f['method'],url,{**base,n:bad})
    with open(OUT,'w') as f: f.write('\n'.join(f'{k} :: {v}' for k,v in found.items())+f'\nDONE {count}\n')
