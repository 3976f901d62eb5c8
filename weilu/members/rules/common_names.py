"""Names that say little about who bears them (handbook C-1)."""

# Nicks and card names that clients or platforms hand out, or that many people choose for a
# moment.
_GENERIC = """
admin administrator afk alex alice amy andy android anna anon anonymous anonimo arch away
black bob bot brb bye chris daniel dave david debian default desktop dude frank freenode
fred george god guest hello help hexchat hi home iphone irc ircuser irssi jack james jason
jim joe john jon jose josh juan kevin kubuntu laptop len lin linux live lubuntu luis mac
marco maria mario mark martin matt me michael mibbit mike mobile name nerd new newbie nick
nicholas nick nobody none noob null oem owner pablo paul pc pedro pete peter phil pug
qwebirc rafael robert root ryan sam scott server someone someguy steve student sysadmin
system temp test tester thomas tim tmp tom tony ubuntu ubuntustudio unknown user username
visitor webchat wechat weechat wechatuser will work xchat xubuntu you zzz
匿名 匿名用户 匿名者 游客 访客 网友 路人 路人甲 用户 微信用户 微信网友 手机用户 手机网友
新用户 新成员 群成员 群友 昵称 用户已注销 账号已注销 已注销 已注销用户 无名 无名氏
deletedaccount deleteduser
"""

# Longer first names: a nick like this is one person's, but many persons may choose it.
_FIRST_NAMES = """
aaron abdul adrian albert alberto alejandro alexander alexandre alexis alfred allan allen
andre andrea andreas andres andrew angel angela angelo anthony antoine anton antonio armando
arnold arthur ashley austin bart ben benjamin bernard bill billy brad brandon brian bruce
bruno bryan caleb cameron carl carlo carlos caroline cesar charles charlie christian
christopher claudio colin connor craig cristian curtis dani danny darren david dean denis
dennis derek diego dimitri dmitry dominic donald douglas duncan dylan eddie eduardo edward
elena elias emily emma enrique eric erik ernesto ethan eugene evan fabian fabio felipe felix
fernando filip francesco francis francisco gabriel gary gerard gilbert giovanni glenn gordon
graham greg gregory guillermo gustavo hannah harold harry hector helen henrik henry howard
hugo ian igor isaac isabel ivan jackson jacob jake jan jared javier jeff jeffrey jennifer
jeremy jerry jesse jessica jesus joel johan johnny jonas jonathan jordan jorge joseph joshua
julia julian justin karen karl keith kelly kenneth kenny kristian kyle larry laura lauren
lawrence leonard leonardo lewis linda lisa logan louis lucas luca luke manuel marc marcel
marcelo marcin marcos marcus marius martha mary mason mathew mathias matteo matthew matthias
maurice mauricio max melissa miguel mitch morgan nathan neil nicola nicolas nigel nikola
norman oleg oliver oscar owen pascal patricia patrick patrik pavel pedro philip philippe
pierre rachel ralph ramon randy raul raymond rebecca ricardo richard rick robin rodrigo roger
roland roman ronald ross russell ruben samuel sandra santiago sarah sean sebastian sergey
sergio shane shaun simon sophie stefan stefano stephen steven stuart susan taylor teresa
theo thiago tiago tobias todd travis trevor tristan tyler valentin vanessa victor vincent
vladimir walter warren wayne wesley william xavier zach zachary
"""

GENERIC_NAMES = frozenset(_GENERIC.split())
COMMON_FIRST_NAMES = frozenset(_FIRST_NAMES.split())
