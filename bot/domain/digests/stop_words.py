"""Words that say nothing about what people talk of: the small words of a language, and the small talk of posts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_EN: Final = """
a about above after again against ain't all almost already also always am an and another any anyone anything anyway
are aren't around as ask asked asking at away back be because been before behind being believe best better between
big both but by call called calling came can can't cannot cant come comes coming could couldn't day days did didn't
didnt do does doesn't doesnt doing don't done dont down each either else end enough even ever every everyone
everything far feel few find first for found from full further gave get gets getting give given gives go goes going
gone gonna good got gotta great guess guys had hadn't half happen happened happening hardly has hasn't have haven't
having he he'd he'll he's hear heard help her here here's hers hey hi him his hope hour hours how however i i'd i'll
i'm i've if im in instead into is isn't isnt it it'd it'll it's its ive just keep kept kind know knows last late
later least left less let let's lets like little ll long look looking looks lot lots made make makes making many
matter may maybe me mean might mine minute minutes month months more morning most much must mustn't my myself near
need needed needs never new next nice night no nobody none nope nor not nothing now of off oh ok okay old on once
one ones only onto or other others our ours out over own past people per perhaps please pls plz point possible
pretty put quite rather re really right run said same saw say saying says second see seem seems seen send sent
several she she's should shouldn't show since so some somebody someone something soon sorry start started stay
still stop stuff such sure take taken takes taking talk tell telling than thank thanks thanx thx that that'd that'll
that's thats the their theirs them then there there's these they they'd they'll they're they've thing things think
third this those though thought three through till time times to today told tomorrow tonight too took totally tried
try trying turn twice two u under until up upon ur us use used using very via wait want wanted wants was wasn't
wasnt way we we'd we'll we're we've week weeks well went were weren't what what's whatever when where where's
whether which while who who's whole whose why will with within without won't wont work worst worse would wouldn't
wow wrong wtf wth y'all ya yeah year years yep yes yesterday yet you you'd you'll you're you've your youre yours
yourself hello day's monday tuesday wednesday thursday friday saturday sunday january february march april june july
august september october november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep oct nov dec
hr hrs min mins am pm est amp dm dms follow following followed follower pic rt lol omg smh tbh idk fyi asap
actually literally seriously obviously absolutely completely finally especially exactly basically currently
recently immediately probably usually instead hopefully unfortunately apparently yesterday's
dear guy folks man dude team reply response respond answer answered message tweet tweets tweeted post posted twitter
love loved hate hated awesome amazing awful terrible horrible ridiculous pathetic worst ever disappointed
disappointing disappointment unacceptable unbelievable frustrating frustrated annoying annoyed angry bad poor fail
failed fails failure joke disgrace disgusting shame
fuck fucking fucked fuckin shit shitty bullshit damn hell ass crap crappy sucks suck sucked bitch idiot idiots stupid
customer customers company companies
read reading buy bought pay paying paid working worked handle handled contact contacted contacting explain change
changed changing speak spoke spoken understand waited leave leaving left arrive arrived wonder wondering forced
different whole entire real true extra special job issue issues problem problems
"""
_ES: Final = """
a acá ahí ahora al algo alguien algún alguna algunas alguno algunos allá allí ante antes aquel aquella aqui aquí así
aún aunque ayer bajo bien buen buena buenas bueno buenos cada casi como cómo con contra cosa cosas cual cuál cuando
cuándo cuanto cuánto cuatro da dan dar de debe decir dejan del desde después día días dice dicen dijo donde dónde dos
durante e el él ella ellas ello ellos en entonces entre era eran eres es esa esas ese eso esos esta está están estaba
estamos estar estas este esto estos estoy fue fueron fui gracias gran ha haber había hace hacen hacer haces hacia hago
han has hasta hay he hemos hola horas hora hoy igual incluso ir jamás la las le les llevo lo los luego más me mejor
menos mes meses mi mía mío mis misma mismo momento mucha muchas mucho muchos muy nada nadie ni ningún ninguna ninguno
no nos nosotros nuestra nuestro nuestros nueva nuevo nunca o os otra otras otro otros para parte pero persona poco
podéis podría por porque por qué primera primero pude puede pueden puedo pues que qué queremos quien quién quiero se
sea según semana semanas ser será si sí sido siempre sigo sigue sin sino sobre sois solo sólo somos son soy su sus
tal también tampoco tan tanto te tengo tenéis tener tenemos ti tiempo tiene tienen toda todas todavía todo todos tres
tu tú tus tuve un una unas uno unos usted ustedes va vais vamos van vaya veces ver vergüenza vez voy vosotros vuestra
vuestro y ya yo favor mierda peor mal lunes martes miércoles jueves viernes sábado domingo mañana
cliente clientes empresa
"""
_DE: Final = """
aber ab alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bereits bin bis bitte bist
da dabei dafür damit danach danke dann daran darauf das dass dein deine dem den denn der des deshalb dich die dies
diese diesem diesen dieser dieses dir doch dort du durch eben ein eine einem einen einer eines einfach einmal er erst
es etwas euch euer eure für ganz gar gegen geht gerade gern gestern gibt ging gut guten habe haben hallo hat hatte
hattet heute hier hin hinter hätte ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem
jeden jeder jedes jemand jetzt kann kannst kein keine keinem keinen keiner können könnt könnte kommen kommt leider
letzte letzten liebe lieber machen macht mal man mehr mein meine meinem meinen meiner mich mir mit monat morgen muss
müssen nach nein nicht nichts nie niemand noch nun nur ob oder ohne schade schlecht schon sehr sei seid sein seine
seinem seinen seit sich sie sind so sogar soll sollte sonst stunden stunde tag tage tagen über um und uns unser
unsere unter viel viele vielen vielleicht vom von vor wann war waren warte warten warum was wegen weil weiter welche
wenn wer werde werden wie wieder will wir wird wo woche wochen wohl wollen wurde wäre würde zeit zu zum zur zurück
zwei zwischen scheiße montag dienstag mittwoch donnerstag freitag samstag sonntag kunde kunden firma
"""
_FR: Final = """
à afin ai ainsi alors après as au aucun aucune aujourd'hui aussi autre autres aux avait avant avec avez avoir avons
beaucoup bien bon bonjour bonne bonsoir c'est ça car ce ceci cela celle celui ces cet cette ceux chaque chez ci comme
comment contre d'un d'une dans de déjà demain depuis dernier dernière des deux dire dis dit dois doit donc dont du
elle elles en encore entre es est et étaient était étais été être eu eux faire fais fait fallait faut fois font hier
heure heures ici il ils j'ai j'en je jour jours jusqu'à juste l'on la là le les leur leurs lui m'a ma mais mal me
même merci mes mieux moi moins mois mon n'a n'ai n'est ne ni non nos notre nous nouveau on ont où ou oui par parce
parfois pas pendant personne peu peut peux plus plutôt possible pour pourquoi pouvez premier près puis qu'il qu'on
quand que quel quelle quelles quelque quelqu'un quels qui quoi rien s'il sa sans se sera ses seulement si sinon soit
son sont sous suis sur svp ta tant te tel tes toi ton toujours tous tout toute toutes très trop trois tu un une va
vais vers veux voilà voir vos votre vous vraiment vraie y merde nul honte lundi mardi mercredi jeudi vendredi samedi
dimanche semaine semaines client clients entreprise
"""
_PT: Final = """
a à agora ai ainda além algo alguém algum alguma alguns ali ante antes ao aos apenas aquela aquele aqui aquilo as às
assim até bem boa boas bom cada com como contra da dá das de dela dele deles depois desde dessa desse desta deste dia
dias do dois dos e é ela elas ele eles em então entre era eram essa essas esse esses esta está estão estamos estar
estas estava este estes estou eu favor fazer faz feito fica foi for foram há haver hoje hora horas isso isto já lá
lhe lhes mais mas me melhor menos mesmo meses mês meu meus minha minhas muita muitas muito muitos na nada não nas nem
nenhum nenhuma ninguém no nós nos nossa nosso num numa nunca o obrigada obrigado olá ontem onde os ou outra outras
outro outros para pela pelas pelo pelos pode podem pois por porque porquê posso pouco pra pq primeira primeiro quais
qual quando quanto quase que quê quem quer quero se sem semana semanas sempre ser será seu seus sim sobre só somos
sou sua suas também tão tem têm temos tenho ter teve tempo toda todas todo todos três tu tua tudo um uma umas uns vai
vamos vem vez vezes vocês você vou merda pior mau segunda terça quarta quinta sexta sábado domingo amanhã cliente
clientes empresa vergonha
"""
_IT: Final = """
a abbiamo ad adesso ai al alla alle allo allora altra altre altri altro anche ancora avere aveva avete bene buon
buona buongiorno c'è che chi ci ciao come con così cosa cui da dai dal dalla delle dei del dell della dello dentro di
dopo dove due e è ed era erano essere fa fare fatto finora forse fra già giorni giorno grazie ha hai hanno ho i il in
invece io l'ho la le lei li lo loro lui ma mai me meglio meno mentre mese mesi mi mia mie miei mio molta molti molto
ne nei nel nella nessun nessuna nessuno niente no noi non nostra nostro nulla o oggi ogni ora ore oppure per perché
però più poco poi possibile prego prima primo proprio può qual quale quali qualche qualcosa quando quanto quasi
quella quelle quelli quello questa queste questi questo qui quindi se sei sempre senza sera si sì sia siamo siete
solo sono sopra sta stata stato stesso su sua subito sue sui sul sulla suo tanto te tempo ti tra tre troppo tu tua
tutta tutte tutti tutto un una uno va vi voi volta volte vostra vostro merda schifo vergogna lunedì martedì mercoledì
giovedì venerdì sabato domenica ieri domani settimana settimane cliente clienti azienda favore
"""
_NL: Final = """
aan achter al alle alleen alles als altijd andere ben beter bij daar daarom dag dagen dan dat de deze die dit doe
doen door dus een eens en er ergens erg even gaan gaat geen geweest goed graag had hadden hallo heb hebben hebt heeft
heel hem het hier hij hoe hun iemand iets ik in is ja je jij jouw jullie kan keer komen komt kon kunnen laat maar
maand me meer men met mij mijn misschien moet moeten na naar niet niets niemand nog nooit nu of om omdat ons onze ook
op over paar sinds straks te terug tot toch twee u uit uur uw van veel via voor vandaag waar waarom wanneer want
was wat we weer week weken wel welke werd wie wil willen word worden wordt ze zeer zelf zich zij zijn zo zonder zou
zullen bedankt dank morgen gisteren kut klant klanten bedrijf
"""

_LISTS: Final[Mapping[str, str]] = {
    "en": _EN,
    "es": _ES,
    "de": _DE,
    "fr": _FR,
    "pt": _PT,
    "it": _IT,
    "nl": _NL,
}


@lru_cache(maxsize=16)
def stop_words(languages: tuple[str, ...]) -> frozenset[str]:
    """The words to pass over where people write in these languages (`en`, `es`, ...). English always is one of them;
    a language that has no list here adds none, and its commonest words are the same in every time anyway."""
    return frozenset(word for code in {"en", *languages} for word in _LISTS.get(code, "").split())
