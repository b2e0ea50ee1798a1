# csv: reading and writing with every setting of a dialect, limits, errors.
import csv,_csv,io
def t(f):
    try: print(repr(f()))
    except BaseException as e: print(type(e).__name__,e)
R=lambda s,**k: list(csv.reader(s if not isinstance(s,str) else io.StringIO(s,newline=''),**k))
for s in ['a,b,c\r\n','a,"b ""x"" c",d\n','a,"b\nc",d','"a','"a"b,c','a\rb','a\r\nb\n\nc','  a, "b"','','\n','"",""','a,b\\,c','"a"\n"b','a,b"c"',"'a,b',c",'1,2.5,"3"','a,\0b','\ufeffa,b','é,"ü😀"','a\n\r\nb','x"y','"x" ,y','"x"  \n']:
    for kw in [{},dict(strict=True),dict(escapechar='\\'),dict(quotechar="'"),dict(skipinitialspace=True),dict(quoting=csv.QUOTE_NONE),dict(quoting=csv.QUOTE_NONE,escapechar='\\'),dict(doublequote=False,escapechar='\\'),dict(doublequote=False),dict(quoting=csv.QUOTE_NOTNULL),dict(quoting=csv.QUOTE_STRINGS),dict(delimiter=' '),dict(delimiter=' ',skipinitialspace=True)]:
        t(lambda: R(s,**kw))
for kw in [dict(quoting=csv.QUOTE_NONNUMERIC)]:
    t(lambda: R('1,2.5,"3"',**kw)); t(lambda: R('1,a',**kw)); t(lambda: R('1,,""',**kw)); t(lambda: R('"a", 5',**kw)); t(lambda: R('1e5,nan,inf,-3',quoting=csv.QUOTE_NONNUMERIC))
t(lambda: R(',"",a,1',quoting=csv.QUOTE_NOTNULL)); t(lambda: R(',"",a',quoting=csv.QUOTE_STRINGS)); t(lambda: R(',"",1,"1"',quoting=csv.QUOTE_STRINGS))
t(lambda: R(['a,b',5])); t(lambda: R([b'a'])); t(lambda: R(['a\nb'])); t(lambda: R(['a\rb'])); t(lambda: R(['a\n\n'])); t(lambda: R(['"a\n','b"'])); t(lambda: R(['"a','b"'])); t(lambda: R(['a\\'],escapechar='\\')); t(lambda: R(['a\\','b'],escapechar='\\')); t(lambda: R(['a\\\n','b'],escapechar='\\')); t(lambda: R(['"a\\'],escapechar='\\',strict=True)); t(lambda: R(5)); t(lambda: csv.reader()); t(lambda: csv.reader([],foo=1)); t(lambda: csv.reader([],'x')); t(lambda: csv.reader([],'excel',delimiter=5)); t(lambda: csv.reader([],delimiter='ab')); t(lambda: csv.reader([],delimiter='')); t(lambda: csv.reader([],delimiter='\n')); t(lambda: csv.reader([],delimiter='"')); t(lambda: csv.reader([],quotechar='\r')); t(lambda: csv.reader([],quotechar='')); t(lambda: csv.reader([],quotechar=None).dialect.quoting); t(lambda: csv.reader([],quotechar=None,quoting=0)); t(lambda: csv.reader([],quoting=9)); t(lambda: csv.reader([],quoting='x')); t(lambda: csv.reader([],escapechar='')); t(lambda: csv.reader([],escapechar=5)); t(lambda: csv.reader([],lineterminator=5)); t(lambda: csv.reader([],lineterminator=None)); t(lambda: csv.reader([],delimiter=None)); t(lambda: csv.reader([],skipinitialspace=2).dialect.skipinitialspace); t(lambda: csv.reader([],escapechar=' ',skipinitialspace=True)); t(lambda: csv.reader([],quotechar=' ',skipinitialspace=True)); t(lambda: csv.reader([],escapechar='"'));t(lambda: csv.reader([],escapechar=','));t(lambda: csv.reader([],lineterminator='x,'));t(lambda: csv.reader([],lineterminator='"'));t(lambda: csv.reader([],lineterminator='e',escapechar='e')); t(lambda: csv.reader([],delimiter=b','))
r=csv.reader(['a','"b','c"','d']); print(next(r),r.line_num,next(r),r.line_num,r.dialect.delimiter, iter(r) is r)
def W(rows,**k):
    f=io.StringIO(newline=''); w=csv.writer(f,**k); 
    for x in rows: w.writerow(x)
    return f.getvalue()
class N(float):
    def __str__(self): return 'N!'
for kw in [{},dict(quoting=1),dict(quoting=2),dict(quoting=3),dict(quoting=3,escapechar='\\'),dict(quoting=4),dict(quoting=5),dict(doublequote=False),dict(doublequote=False,escapechar='\\'),dict(quotechar=None,quoting=3),dict(delimiter=';',lineterminator='\n'),dict(lineterminator='X'),dict(delimiter=' '),dict(delimiter=' ',skipinitialspace=True) , dict(escapechar='\\'),dict(lineterminator=''), dict(quotechar="'")]:
    for row in [['a','b'],['a,b','c"d'],['a\nb','c\rd'],[],[''],[None],[None,''],[1,2.5,None,True],['a\\b'],["it's"],[' a','b '],['"'],[1e20,float('inf'),N(2)],(),'abc',[b'x'],['X'],range(3),[['l']],['é😀'],[','],['\\'],['a;b']]:
        t(lambda: W([row],**kw))
t(lambda: W([5])); t(lambda: csv.writer(5)); t(lambda: csv.writer(io.StringIO()).writerow(['a'])); t(lambda: csv.writer(io.StringIO()).writerows([['a'],['b','c']])); t(lambda: csv.writer(io.StringIO()).writerows(5)); t(lambda: csv.writer(io.StringIO()).writerows([5])); 
class E:
    def __str__(self): raise ValueError('no')
t(lambda: W([[E()]]))
class F:
    def write(self,s): return ('wrote',s)
t(lambda: csv.writer(F()).writerow(['a'])); t(lambda: csv.writer(F()).writerows([['a']])); print(csv.writer(F()).dialect.lineterminator)
t(lambda: csv.field_size_limit()); t(lambda: csv.field_size_limit(10)); t(lambda: R('a'*11)); t(lambda: R('a'*10)); t(lambda: R('"'+'a'*11)); t(lambda: csv.field_size_limit('x')); t(lambda: csv.field_size_limit(131072)); t(lambda: csv.field_size_limit(1<<80))
t(lambda: csv.list_dialects()); t(lambda: csv.register_dialect('x',delimiter=';')); t(lambda: csv.get_dialect('x').delimiter); t(lambda: csv.register_dialect(5)); t(lambda: csv.register_dialect('y',foo=1)); t(lambda: csv.unregister_dialect('x')); t(lambda: csv.unregister_dialect('x')); t(lambda: csv.get_dialect('x')); t(lambda: csv.get_dialect(5)); t(lambda: csv.register_dialect()); t(lambda: csv.register_dialect('x','a','b'))
D=_csv.Dialect
d=D(); print(d.delimiter,d.doublequote,d.escapechar,repr(d.lineterminator),d.quotechar,d.quoting,d.skipinitialspace,d.strict); t(lambda: setattr(d,'delimiter','x')); t(lambda: setattr(d,'strict',1)); t(lambda: D(foo=1)); t(lambda: D('x')); t(lambda: D(None,';').delimiter); t(lambda: D(d) is d); t(lambda: D(d,delimiter=';').delimiter); t(lambda: delattr(d,'quoting')); import copy,pickle; t(lambda: copy.copy(d)); t(lambda: pickle.dumps(d)); t(lambda: D(dialect='excel').quoting); t(lambda: D('excel-tab').delimiter); t(lambda: D(csv.unix_dialect).quoting)
class X(csv.Dialect):
    delimiter=';'; quotechar='|'; lineterminator='\n'; quoting=0; doublequote=True; skipinitialspace=False
t(lambda: W([['a;b','|']],dialect=X)); t(lambda: W([['a;b','|']],dialect=X())); t(lambda: W([['a;b','|']],dialect=X,delimiter=','))
class Y(csv.Dialect): delimiter=';'
t(lambda: Y()); t(lambda: csv.reader([],Y).dialect.quotechar)
print(csv.Error.__mro__, _csv.Error.__module__, repr(csv.reader([]))[:20], type(csv.reader([])), type(csv.writer(F())))
t(lambda: type(csv.reader([]))()); t(lambda: csv.Sniffer().sniff('a;b;c\n1;2;3\n').delimiter)
print(list(csv.DictReader(io.StringIO('a,b\n1,2\n3\n4,5,6\n')))); f=io.StringIO(); w=csv.DictWriter(f,['a','b']); w.writeheader(); w.writerow({'a':1,'b':2}); print(repr(f.getvalue()))
