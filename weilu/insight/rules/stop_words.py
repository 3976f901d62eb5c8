"""Words that carry no theme in chat: Chinese, English, fillers, traces of chat networks.

Written for Weilu. Chinese in simplified signs and the common traditional ones; words of one
sign need not stand here, because themes have at least two.
"""

_CHINESE_GRAMMAR = """
这个 那个 这些 那些 这样 那样 这么 那么 这里 那里 这儿 那儿 这边 那边 这种 那种 这次 那次 这是
那是 这位 那位 这时 那时 这會 这会 那会 此时 此外 某个 某些 什么 什麼 甚么 怎么 怎麼 怎样 怎樣
怎么样 怎么办 为什么 為什麼 为啥 为毛 干嘛 干吗 干什么 哪个 哪個 哪里 哪裡 哪儿 哪些 哪种 哪天
谁的 多少 几个 幾個 几天 几次 多久 多大 如何 是否 是不是 有没有 有沒有 能不能 要不要 会不会
可不可以 行不行 对不对 好不好 知不知道 是不 能否 可否 何时 何必 何况 为何 我们 我們 你们 你們 他们
他們 她们 她們 它们 咱们 大家 别人 人家 自己 各位 诸位 本人 俺们 某人 有人 没人 每人 每个 每次
每天 各种 各个 我的 你的 他的 她的 它的 您的 咱的 大伙 大伙儿 其他 其它 其余 另外 别的 另一 另一个
一个 一個 一些 一下 一点 一點 一点儿 一种 一样 一樣 一般 一直 一定 一起 一次 一般来说 一边 一旦
一共 一会 一会儿 一堆 一大堆 一样的 一句 一条 一段 一位 一切 一番 一方面 两个 两種 两种 三个 第一
第二 第三 第一次 第一个 半天 有点 有點 有些 有的 有时 有时候 有一个 有种 有个 有人说 没有 沒有
没啥 没什么 没事 沒事 不是 不会 不會 不能 不要 不用 不过 不過 不行 不了 不到 不得 不得不 不如 不管
不知 不知道 不晓得 不好 不对 不對 不大 不太 不同 不一样 不少 不错 不錯 不可 不可能 不可以 不想
不想要 不像 不够 不再 不敢 不必 不止 不一定 不清楚 不懂 不怎么 不就 不就是 不然 不仅 不但 不只
不论 不光 但是 可是 然而 而且 并且 並且 或者 或是 还是 還是 因为 因為 所以 如果 要是 假如 假设
的话 的話 虽然 雖然 尽管 即使 就算 哪怕 只要 只有 除非 除了 关于 對於 对于 至于 由于 由於 根据
按照 通过 為了 为了 以及 及其 与其 否则 不然的话 因此 于是 然后 然後 接着 最后 最後 首先 其次 其实
其實 尤其 特别 特別 甚至 况且 反正 毕竟 究竟 到底 终于 总之 总是 总算 居然 竟然 果然 果真 显然
当然 當然 自然 或许 也许 也許 可能 大概 大约 似乎 好像 好像是 仿佛 差不多 几乎 简直 应该 應該 应当
必须 必須 需要 可以 能够 能夠 愿意 想要 打算 准备 希望 觉得 覺得 感觉 感覺 认为 以为 以為 知道
晓得 明白 了解 记得 发现 發現 看到 看见 看看 看着 看来 看起来 看上去 听说 据说 说是 就是说
也就是说 换句话说 说话 说过 说明 说说 告诉 问问 问下 请问 請問 问一下 回答 觉着 猜测 估计 估計
怀疑 相信 就是 就是了 就会 就要 就算是 就行 就好 就可以 就能 就有 都是 都会 都有 都能 都要 都没
也是 也会 也有 也能 也要 也不 也没 也没有 也就 也就是 也可以 又是 又不 还有 還有 还在 还会 还能
还要 还不 还没 还没有 还得 还可以 才是 才能 才会 只是 只能 只会 只好 只不过 正在 正好 正是 刚刚
剛剛 刚才 剛才 刚好 已经 已經 曾经 从来 从不 一向 往往 经常 常常 通常 平时 有空 随时 马上 立刻
立即 忽然 突然 赶紧 赶快 慢慢 渐渐 逐渐 越来越 更加 更是 比较 比較 相当 非常 十分 极其 极了 太多
太大 太小 好多 很多 很好 很大 很少 很难 很久 很快 许多 許多 不少的 大部分 大多 大多数 少数 全部
所有 整个 所谓 完全 根本 基本 基本上 绝对 肯定 确实 確實 的确 真的 真是 真心 真正 其中 之一 之前
之后 之後 之间 之类 以前 以后 以後 以上 以下 以内 以外 以来 前面 后面 後面 里面 裡面 外面 上面
下面 左边 右边 旁边 中间 里边 期间 当中 当时 當時 当年 目前 现在 現在 如今 最近 今天 昨天 明天
后天 前天 今晚 昨晚 今早 早上 上午 中午 下午 晚上 半夜 今年 去年 明年 周末 时候 時候 时间 時間
那时候 这时候 小时 分钟 的时候 年前 天前 到时候 时不时 开始 开始了 结束 继续 繼續 进行 出来 出來
出去 进来 进去 起来 起來 上来 上去 下来 下去 过来 過來 过去 回来 回去 来着 来说 来看 而言 而已
罢了 似的 一样吧 东西 東西 事情 问题 問題 地方 方面 情况 情況 样子 程度 意思 办法 方法 部分 结果
结果是 原因 关系 想法 感受 不同的 有用 没用 可能是 应该是 好像有 能用 不能用 怎么弄 直接 同时 同样
相同 类似 各自 互相 分别 随便 随意 尽量 最好 最多 最少 至少 最大 最小 只需 只需要 无法 無法 无所谓
没法 难道 难怪 怪不得 幸好 幸亏 可惜 恐怕 算是 算了 属于 成为 变成 作为 当成 当作 叫做 称为 包括
包含 比如 比如说 例如 譬如 等等 之类的 什么的 啥的 啥时候 某种 某天 如下 如此 本来 本身 原来 原來
原本 后来 後來 从此 以便 以免 好让 好了 行了 成了 够了 完了 到了 来了 走了 没了 得了 对了 對了
是了 看了 说了 用了 有了 想了 去了 吃了 死了 掉了 多了 起了 过了 是啊 是呀 是吧 是吗 是嘛 是的
对的 对啊 对呀 对吧 的人 的是 的确是 有人在 这就 那就 那是啥 就这样 就这么 这都 那都 看你 给我
给你 跟我 跟你 让我 让你 把我 把你 你是 我是 他是 我在 你在 我想 我要 我有 你有 我说 你说 他说
你要 你看 我看 我就 你就 我也 你也 我还 你还 我不 你不 我觉得 我知道 你知道 我以为 说的 说不定
用的 用来 用到 有用的 想到 做到 得到 遇到 碰到 拿到 找到 收到 弄好 搞定 弄成 弄个 搞个 来个 有个人
个人 人们 有关 无关 相关 关键 主要 重要 主要是 最重要 意味着 按理 按理说 照样 照理 反而 反倒 倒是
倒也 与否
"""

_CHINESE_CHAT = """
哈哈 哈哈哈 嘿嘿 呵呵 嘻嘻 嘎嘎 吼吼 啊啊 呜呜 嗚嗚 哎呀 哎哟 哎呦 哎 唉 诶 喔 噢 嗯嗯 嗯哼 恩恩
哦哦 噢噢 喔喔 呃呃 额额 好的 好吧 好啊 好呀 好滴 好哒 好嘞 好哦 好耶 行吧 行啊 可以的 可以啊
可以吧 没问题 没关系 沒關係 不客气 不用谢 谢谢 謝謝 多谢 多謝 感谢 感謝 谢了 谢啦 谢谢你 谢谢大家
辛苦 辛苦了 麻烦 麻烦了 不好意思 对不起 抱歉 打扰 打扰了 请 你好 您好 大家好 早安 早啊 早上好
上午好 中午好 下午好 晚上好 晚安 再见 拜拜 回见 明天见 先走 走人 下线 下了 闪人 撤了 收到了 明白了
知道了 懂了 了解了 原来如此 原来是 这样啊 这样子 那样子 真的吗 真的啊 真的假 假的 确定 肯定是
当然了 加油 赞 点赞 牛逼 牛b 厉害 厉害了 强大 高手 大神 大牛 大佬 大侠 菜鸟 新手 小白 楼主 楼上
楼下 沙发 路过 围观 飘过 潜水 冒泡 顶 支持 同意 赞同 握手 鼓掌 微笑 呲牙 偷笑 捂脸 大哭 流泪 尴尬
汗 晕 囧 无语 無語 悲剧 杯具 坑爹 我靠 我擦 我去 我勒个去 卧槽 我草 我操 尼玛 你妹 你妈 他妈
他妈的 妈的 操蛋 靠谱 不靠谱 特么 神马 肿么 啥意思 什么意思 有木有 木有 表示 貌似 估摸 话说 說起來
说起来 好吗 好嗎 行吗 可以吗 是吧是吧 对吧对吧 嗯啊 是滴 有没 咋办 咋样 咋弄 咋整 咋回事 怎么回事
咋了 怎么了 怎麼了 啥子 干啥 为嘛 哪有 没准 哪能 算啦 得啦 好啦 行啦 对啦 完啦 来啦 走啦 吃饭 睡觉
上班 下班 回家 起床 亲们 亲爱的 小伙伴 小伙伴们 各位亲 宝子 宝子们 家人们 姐妹们 兄弟们 朋友们
群里 群主 本群 进群 入群 退群 加群 拉人 艾特 所有人 全体成员 撤回 图片 表情 语音 视频通话 系统消息
动画表情 聊天记录 消息 引用 回复
"""

_ENGLISH = """
the and for are but not you your yours yourself all any can cannot could had has have having her
hers him his how its itself may might must shall should would will was were been being this that
these those there their theirs them they then than thus too very what when where which while who
whom whose why with without within about above after again against also although always among
another anybody anyone anything anyway anywhere around away back because become before behind
below beside besides between beyond both came come comes coming did does doing done don down
during each either else enough ever every everybody everyone everything few first from further
gave get gets getting give given gives giving goes going gone gonna good got gotta great here
herself himself hello hey hmm hmmm into isn it's i'm i'd i'll i've just keep kept kind knew know
known knows last later least less let lets let's like liked likely little look looked looking
looks lot lots made make makes making many maybe mean means meant mine more most mostly much
myself near need needed needs neither never new next nobody none nor nothing now off often old
once one ones only onto other others ought our ours ourselves out over own part perhaps please
probably put puts quite rather really right said same saw say saying says second see seem seemed
seems seen several she show since some somebody somehow someone something sometimes somewhere soon
still such sure take taken takes taking tell thank thanks that's there's thing things think
thinking thinks thought though three through till time times today together tomorrow tonight took
toward tried tries true try trying two under unless until upon use used useful uses using usually
want wanted wants wasn way ways well went we're we've we'll what's whatever whenever wherever
whether who's whole yeah yes yep yet yesterday you'd you'll you're you've able actually already
almost alright bad basically best better big bit can't cause couldn't day days didn't doesn't
don't dont doesnt didnt cant wont isnt thats youre ive havent hadn't hasn't haven't he's she's
they're they've they'll isn't aren't wasn't weren't won't wouldn't shouldn't ain't fine guess guy
guys hard help hope idea instead issue long matter minute minutes month months moment morning hour
hours night nice nope okay people person place point pretty problem question questions real reason
remember sense short small someone's sort stuff start started stop suppose supposed talk talking
tho thru time's understand wait week weeks welcome wish won wonder work worked working works worse
worth wrong year years ask asked asking answer call called exactly find found happen happened
happens hear heard leave left live try'n turn via vs per etc eg ie aka even
doesn didn isn couldn wouldn shouldn hasn haven hadn aren weren ain mustn needn problems issues
different possible read type name list line add check
"""

_ENGLISH_CHAT = """
lol lmao rofl haha hahaha hehe heh hah ahh aha ahah ooh ohh omg wtf wth btw imo imho afaik afk brb
bbl ttyl thx tnx ty tks plz pls yup yea yay nah meh ugh hmmmm huh wow whoa oops sry sorry cheers
gg nvm idk iirc fyi tbh np yw ppl bro dude man mate sir gonna wanna gotta kinda dunno cuz coz cos
abt msg tmr tdy gn gm hbu wbu ikr smh ffs fwiw rtfm
"""

_NETWORK = """
http https www html href com org net ftp nick irc freenode libera bot ops chanserv nickserv join
joined part parted quit kick kicked ban banned ping pong timeout ctcp away channel unaffiliated
gateway webchat image sticker attachment omitted message deleted media gif null none nan undefined
amp quot nbsp div span
"""

STOP_WORDS: frozenset[str] = frozenset(
    " ".join((_CHINESE_GRAMMAR, _CHINESE_CHAT, _ENGLISH, _ENGLISH_CHAT, _NETWORK)).split()
)
"""All stop words, casefolded, simplified Chinese with common traditional forms."""
