<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ChangeList</name>
    <message numerus="yes">
        <source>%n change(s) of our place</source>
        <translation>
            <numerusform>%n change of our place</numerusform>
            <numerusform>%n changes of our place</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FileCard</name>
    <message numerus="yes">
        <source>%n earlier version(s) of %1</source>
        <translation>
            <numerusform>%n earlier version of %1</numerusform>
            <numerusform>%n earlier versions of %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NavButton</name>
    <message numerus="yes">
        <source>%1, %n notice(s)</source>
        <translation>
            <numerusform>%1, %n notice</numerusform>
            <numerusform>%1, %n notices</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PeerTable</name>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n node</numerusform>
            <numerusform>%n nodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RadialTree</name>
    <message numerus="yes">
        <source>+ %n more in the list</source>
        <translation>
            <numerusform>+ %n more in the list</numerusform>
            <numerusform>+ %n more in the list</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation>
            <numerusform>%n file of yours</numerusform>
            <numerusform>%n files of yours</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>VersionsSheet</name>
    <message numerus="yes">
        <source>%n version(s)</source>
        <translation>
            <numerusform>%n version</numerusform>
            <numerusform>%n versions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>%n second(s) left</source>
        <translation>
            <numerusform>%n second left</numerusform>
            <numerusform>%n seconds left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) left</source>
        <translation>
            <numerusform>%n minute left</numerusform>
            <numerusform>%n minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) left</source>
        <translation>
            <numerusform>%n hour left</numerusform>
            <numerusform>%n hours left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::AttentionRows</name>
    <message numerus="yes">
        <source>%n damaged shard(s) found on this disk.</source>
        <translation>
            <numerusform>%n damaged shard found on this disk.</numerusform>
            <numerusform>%n damaged shards found on this disk.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <comment>further notices</comment>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::FileRows</name>
    <message numerus="yes">
        <source>%n file(s)</source>
        <comment>in a folder</comment>
        <translation>
            <numerusform>%n file</numerusform>
            <numerusform>%n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::NetworkModel</name>
    <message numerus="yes">
        <source>has %n child(ren)</source>
        <translation>
            <numerusform>has %n child</numerusform>
            <numerusform>has %n children</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other node(s) online</source>
        <translation>
            <numerusform>%n other node online</numerusform>
            <numerusform>%n other nodes online</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Room for %n child(ren).</source>
        <translation>
            <numerusform>Room for %n child.</numerusform>
            <numerusform>Room for %n children.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s) turned away.</source>
        <translation>
            <numerusform>%n connection turned away.</numerusform>
            <numerusform>%n connections turned away.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) shut out for a while.</source>
        <translation>
            <numerusform>%n node shut out for a while.</numerusform>
            <numerusform>%n nodes shut out for a while.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s) made through routers.</source>
        <translation>
            <numerusform>%n direct link made through routers.</numerusform>
            <numerusform>%n direct links made through routers.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::NodeStatus</name>
    <message numerus="yes">
        <source>Connected with %n other node(s).</source>
        <translation>
            <numerusform>Connected with %n other node.</numerusform>
            <numerusform>Connected with %n other nodes.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::OverviewModel</name>
    <message numerus="yes">
        <source>%n shard(s) held for others</source>
        <translation>
            <numerusform>%n shard held for others</numerusform>
            <numerusform>%n shards held for others</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation>
            <numerusform>%n file of yours</numerusform>
            <numerusform>%n files of yours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) a look</source>
        <translation>
            <numerusform>%n needs a look</numerusform>
            <numerusform>%n need a look</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s)</source>
        <translation>
            <numerusform>%n direct link</numerusform>
            <numerusform>%n direct links</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>This node is the root of the tree, with %n child(ren).</source>
        <translation>
            <numerusform>This node is the root of the tree, with %n child.</numerusform>
            <numerusform>This node is the root of the tree, with %n children.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Level %1 of the tree, below %2, with %n child(ren).</source>
        <translation>
            <numerusform>Level %1 of the tree, below %2, with %n child.</numerusform>
            <numerusform>Level %1 of the tree, below %2, with %n children.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::PeerRows</name>
    <message numerus="yes">
        <source>Shut out for a while, %n misdeed(s)</source>
        <translation>
            <numerusform>Shut out for a while, %n misdeed</numerusform>
            <numerusform>Shut out for a while, %n misdeeds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n misdeed(s)</source>
        <translation>
            <numerusform>%n misdeed</numerusform>
            <numerusform>%n misdeeds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::RecoveryModel</name>
    <message numerus="yes">
        <source>%n file(s) recovered.</source>
        <translation>
            <numerusform>%n file recovered.</numerusform>
            <numerusform>%n files recovered.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::SetupModel</name>
    <message numerus="yes">
        <source>Starting %n nodes on this computer…</source>
        <translation>
            <numerusform>Starting %n node on this computer…</numerusform>
            <numerusform>Starting %n nodes on this computer…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>At most %n characters.</source>
        <translation>
            <numerusform>At most %n character.</numerusform>
            <numerusform>At most %n characters.</numerusform>
        </translation>
    </message>
</context>
</TS>
