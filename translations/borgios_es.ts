<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AppearanceMenu</name>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger (125 %)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest (150 %)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AttentionItem</name>
    <message>
        <source>Copy invite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>%1 The figures below are from before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start node</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ChangeList</name>
    <message numerus="yes">
        <source>%n change(s) of our place</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing has changed since the node started.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>Looks right</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FileCard</name>
    <message>
        <source>Download %1 to…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the link of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n earlier version(s) of %1</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderPath</name>
    <message>
        <source>Folder %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your files</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GivenCard</name>
    <message>
        <source>Shards held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checked since start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repaired by this node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free on this disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you give</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>bytes given of the limit</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 used for others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 damaged shards were found and are rebuilt from others.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>JobCard</name>
    <message>
        <source>Progress of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>%1 – BorgIOS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node keeps running in the background. Open BorgIOS again to see it or to stop it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NavButton</name>
    <message numerus="yes">
        <source>%1, %n notice(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>a page and its shortcut</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NetworkDetails</name>
    <message>
        <source>Copy invite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Figures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not well</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NetworkPage</name>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy invite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody else is here yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send an invite to somebody, or use it on another computer of yours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the tree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You give</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is fine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing here needs you. You may close this window; the node keeps running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your place in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>online now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known just now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What needs attention is shown when the node answers again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Start node</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PeerTable</name>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RadialTree</name>
    <message numerus="yes">
        <source>+ %n more in the list</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReachCard</name>
    <message>
        <source>Reachability</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seen as %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checked: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecoveryCard</name>
    <message>
        <source>Recovery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recovering…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have a link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recovery link</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RoleLegend</name>
    <message>
        <source>Parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Child</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stand-in parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Legend</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SegmentBar</name>
    <message>
        <source>What is shown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupChoices</name>
    <message>
        <source>Try it on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Five small nodes start here and form a network of their own. Nothing leaves this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Join a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody gave you an invite. This computer becomes a node of their network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Join</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer is the first node. You invite the others, for example your own computers or friends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for example Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SetupPage</name>
    <message>
        <source>A small program runs in the background, also while this window is closed. You can stop it at any time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It keeps encrypted shards of other people&apos;s files in one folder, up to a limit. A shard alone reveals nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your own files are encrypted before they leave. Whoever has a file&apos;s link can read it, and nobody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It uses your network connection, but no account, and it does not look at your other files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome to BorgIOS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A network of computers that keep each other&apos;s files. It belongs to those who take part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What this does to your computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything is kept in %1. Remove that folder and nothing stays behind.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShardDots</name>
    <message>
        <source>%1 of %2 shards reachable, %3 needed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>OK</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sheets</name>
    <message>
        <source>Copy the link of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link carries the key: whoever has it can read the file, and it cannot be taken back. Send it only to those you trust, in a private way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a file by its link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is fetched from the network, checked, and saved where you choose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose where to save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recovery link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With this link another computer gets all your files; whoever else has it can read and remove them. Write it down or print it, and keep it away from this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get your files back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste the recovery link of the computer that you lost. Its files are yours on this one then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recover</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes into the trash. After seven days the network forgets it, and links to it stop working. A copy on your disk is not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the folder %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files in it go into the trash. After seven days the network forgets them, and links to them stop working. Copies on your disk are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Widen the sidebar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Narrow the sidebar</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SortButton</name>
    <message>
        <source>Sorted by %1, backwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sorted by %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sort by %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StateCard</name>
    <message>
        <source>Running since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>World time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusBlock</name>
    <message>
        <source>Node: %1. %2</source>
        <comment>state and reason</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files are encrypted here, then spread over the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get by link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add files</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop files here to keep them in the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are encrypted on this computer. Even if some nodes fail, they can be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop to add to the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TimeCard</name>
    <message>
        <source>World time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>World time is not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>World time · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Here: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TrafficCard</name>
    <message>
        <source>Traffic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes a second during the last minute. Now: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>VersionsSheet</name>
    <message>
        <source>A version is kept for 90 days once there is a later one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n version(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (the file now)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make this the file again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download this version to…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1/s</source>
        <comment>a rate, for example 12 MB/s</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n second(s) left</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) left</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) left</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>more than two days left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <comment>milliseconds</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Node %1</source>
        <comment>the beginning of a node&apos;s id</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Child</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sibling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stand-in parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for peers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypted and kept on this computer until other nodes can take it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its shards are on their way to other nodes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Safe, still spreading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enough shards are stored; the remaining ones follow by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Safe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every shard is stored and reachable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Readable, being repaired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some nodes are away. The network rebuilds the missing shards by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In danger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only just enough shards are reachable. Keep a copy until it is repaired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not readable now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few shards are reachable. It comes back if enough nodes return.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is no longer there. Choose it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No node has this file. Check the link, or ask who gave it to you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file may not be read. Change its permissions and add it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link&apos;s key does not fit this file. Ask for the link again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk could not be read. Check it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk could not be written. Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough space left. Free some and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This disk is full. Free some space or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other nodes did not answer. Check the connection and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few nodes with this file answer. Try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file of this name is there already. Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is larger than this network takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a file that can be added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is damaged. Copy the whole of it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node has too much to do. Try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node stopped. Start it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not work. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node is not running. Start it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not allowed. Check permissions and links.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk could not be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no space left. Free some and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else changed it at the same time. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is too large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node did not understand it. Both programs must be of one version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>what did not work, and why</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grandchild</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Above the parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>It joined the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A place was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It began a new tree.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two parts of the network became one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The parent left the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection to the parent broke.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The parent did not answer any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The parent had no room and sent it on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The way to the root had become a circle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The root of the tree is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No parent was found: this computer became a root.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A better parent was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The parent did not keep to the rules.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file or folder of this name is in the way. Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::desktop::DialogChooser</name>
    <message>
        <source>Add files to the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the file as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::desktop::Tray</name>
    <message>
        <source>Open BorgIOS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit window (node keeps running)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop node and quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>state and reason</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BorgIOS
%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>BorgIOS is still here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node keeps running. Open or stop it from this icon.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::AttentionRows</name>
    <message>
        <source>This computer cannot store new data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full or failed. Free some space; the node goes on by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The space you give is nearly used up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New shards go to other nodes. What is stored here stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n damaged shard(s) found on this disk.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The network rebuilds them from others. If it happens again, check the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This node is alone in its network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files are only on this computer until others join. Send somebody an invite.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>a file and its state</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <comment>further notices</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Look at the list of your files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the clock of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other nodes cannot reach this computer directly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works, but slower. The network page says what would help.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::ChangeRows</name>
    <message>
        <source>%1 became the parent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a parent</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::Dashboard</name>
    <message>
        <source>This node already belongs to a network, so the invite was not used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up this computer first, then open the link again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program borgd is missing. Install BorgIOS again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node ended: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node has no invite yet. Try again in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invite copied. Send it to whoever shall join.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::FileRows</name>
    <message>
        <source>any %1 of %2 shards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 shards reachable, %3 needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, </source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <comment>in a folder</comment>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Folder %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::JobRows</name>
    <message>
        <source>Encrypting and sending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetching and checking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>bytes done of all</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled after %1 of %2 files; start it again for the rest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 files are there. %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::NetworkModel</name>
    <message>
        <source>Nobody else is here yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer is the root of the tree</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer hangs below %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>has %n child(ren)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other node(s) online</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1 and %2. %3.</source>
        <comment>place in the tree, children, nodes that are up</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in, %2 out</source>
        <comment>rates of all links</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Room for %n child(ren).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>A message of the root takes %1 to this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 messages to everybody received, %2 copies too many.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 messages carried for others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 received and %2 sent since the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last lost parent was replaced within %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s) turned away.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) shut out for a while.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Messages to one node: %1 sent, %2 not acknowledged, %3 received.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s) made through routers.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::NodeStatus</name>
    <message>
        <source>Online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connected, but it cannot store new data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Connected with %n other node(s).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No other node is reachable yet. Invite one to join.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Joining</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for a place in the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saying goodbye to its neighbours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking what is stored on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node is being started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You stopped the node. Nothing is given or used until you start it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for the node on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The node does not answer. It may have stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No node is running on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A network on this computer only</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::OverviewModel</name>
    <message>
        <source>of %1 offered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no limit set</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) held for others</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing stored yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of them safe</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) a look</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>%1, the nearest at %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>This node is the root of the tree, with %n child(ren).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Level %1 of the tree, below %2, with %n child(ren).</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::PeerRows</name>
    <message>
        <source>This computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 in, %2 out</source>
        <comment>traffic with a node</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Online</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not seen yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You (root)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Root</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Shut out for a while, %n misdeed(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n misdeed(s)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::ReachModel</name>
    <message>
        <source>The connection was not checked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable from everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other nodes connect to this computer directly.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable through the router</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The router passes connections of other nodes on to this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable with help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other nodes get through the router when a third one arranges it. That is enough.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not reachable from outside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others reach this computer only by way of other nodes, which is slower.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn on UPnP or NAT-PMP in the router, or let it pass the port of this node on to this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reachable in this local network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether nodes elsewhere get through is not known yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this computer only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All nodes of this network run here; nobody else has to reach them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two other nodes have to try to connect before it is known.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::RecoveryModel</name>
    <message>
        <source>Your files will outlive this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of your files is kept in the network too, encrypted. With the recovery link another computer gets all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your files outlive this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of your files is in the network, encrypted. With the recovery link another computer gets all of them. Keep it somewhere else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of your files is being saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It takes a few seconds. Until then only this computer knows the newest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only this computer knows your newest files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of your files could not be saved in the network yet. It is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recovery link was not shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recovery link copied. Keep it where only you can find it, not on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) recovered.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Nobody who is online knows this recovery link. Is this node in the right network? Try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This node has files of its own. Recover on one without files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was recovered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste the link that begins with borg:w/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the link of one file. A recovery link begins with borg:w/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a recovery link. It begins with borg:w/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is cut off. Copy the whole of it, with the part after #.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::SetupModel</name>
    <message>
        <source>A program that belongs to BorgIOS is missing. Install it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be started. Below is what the program said.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Starting %n nodes on this computer…</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Opening the dashboard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Joining the network…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Creating the network…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste the invite that you were given.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is too long for an invite.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the link of a file, not an invite.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The invite is cut off. Copy the whole of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An invite begins with borg:join/. An address such as host:4001 works too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the network a name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>At most %n characters.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::StorageModel</name>
    <message>
        <source>no limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New shards are not taken: the disk is full or failed. Free some space.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only files on this computer can be added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not cancelled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link was not copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link copied. Whoever has it can read the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste a link that begins with borg:r/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is an invite to a network, not the link of a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This link can check the file but not open it. Ask for the full link.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not the link of a file. It begins with borg:r/.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is cut off. Copy the whole of it, with the part after #.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a recovery link: it gives all files of somebody, not one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is in the trash for seven days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is still in the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is something called %1 already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not renamed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name has no slash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name has at most %1 characters.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::TimeModel</name>
    <message>
        <source>, </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer is %1 slow. Turn on automatic time in its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer is %1 fast. Turn on automatic time in its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing keeps the clock of this computer right. Turn on automatic time in its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other nodes have another time than this computer. Check its clock and date.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 clocks agree.</source>
        <comment>how many of the nodes that were asked</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In step with the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Running on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was in step; too few nodes answer now. %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer&apos;s clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few nodes to compare with. From twelve on, they agree on a time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 UTC</source>
        <comment>a time of day</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>± %1</source>
        <comment>how far off a clock may be</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>borg::ui::VersionRows</name>
    <message>
        <source>The versions cannot be shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The earlier version is the file now. The other one is kept as a version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is as it was.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
