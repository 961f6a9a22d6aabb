<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AppearanceMenu</name>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Usual</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>Larger (125 %)</source>
        <translation>Größer (125 %)</translation>
    </message>
    <message>
        <source>Largest (150 %)</source>
        <translation>Am größten (150 %)</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>Weniger Bewegung</translation>
    </message>
</context>
<context>
    <name>AttentionItem</name>
    <message>
        <source>Copy invite</source>
        <translation>Einladung kopieren</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>%1 The figures below are from before.</source>
        <translation>%1 Die Zahlen darunter sind von vorher.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Start node</source>
        <translation>Knoten starten</translation>
    </message>
</context>
<context>
    <name>ChangeList</name>
    <message numerus="yes">
        <source>%n change(s) of our place</source>
        <translation>
            <numerusform>%n Wechsel unseres Platzes</numerusform>
            <numerusform>%n Wechsel unseres Platzes</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing has changed since the node started.</source>
        <translation>Seit dem Start des Knotens hat sich nichts geändert.</translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>Looks right</source>
        <translation>Sieht richtig aus</translation>
    </message>
</context>
<context>
    <name>FileCard</name>
    <message>
        <source>Download %1 to…</source>
        <translation>%1 herunterladen nach …</translation>
    </message>
    <message>
        <source>Copy the link of %1</source>
        <translation>Link zu %1 kopieren</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>%1 entfernen</translation>
    </message>
    <message numerus="yes">
        <source>%n earlier version(s) of %1</source>
        <translation>
            <numerusform>%n frühere Version von %1</numerusform>
            <numerusform>%n frühere Versionen von %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation>%1 umbenennen</translation>
    </message>
</context>
<context>
    <name>FolderPath</name>
    <message>
        <source>Folder %1</source>
        <translation>Ordner %1</translation>
    </message>
    <message>
        <source>Your files</source>
        <translation>Ihre Dateien</translation>
    </message>
</context>
<context>
    <name>GivenCard</name>
    <message>
        <source>Shards held</source>
        <translation>Gehaltene Splitter</translation>
    </message>
    <message>
        <source>Checked since start</source>
        <translation>Seit dem Start geprüft</translation>
    </message>
    <message>
        <source>Repaired by this node</source>
        <translation>Von diesem Knoten ersetzt</translation>
    </message>
    <message>
        <source>Free on this disk</source>
        <translation>Frei auf dieser Platte</translation>
    </message>
    <message>
        <source>What you give</source>
        <translation>Was du gibst</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>bytes given of the limit</comment>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1 of %2 used for others</source>
        <translation>%1 von %2 für andere belegt</translation>
    </message>
    <message>
        <source>%1 damaged shards were found and are rebuilt from others.</source>
        <translation>%1 beschädigte Splitter wurden gefunden und werden aus anderen ersetzt.</translation>
    </message>
</context>
<context>
    <name>JobCard</name>
    <message>
        <source>Progress of %1</source>
        <translation>Fortschritt von %1</translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation>%1 abbrechen</translation>
    </message>
    <message>
        <source>Hide %1</source>
        <translation>%1 ausblenden</translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>%1 – BorgIOS</source>
        <translation>%1 – BorgIOS</translation>
    </message>
    <message>
        <source>Close the window?</source>
        <translation>Fenster schließen?</translation>
    </message>
    <message>
        <source>The node keeps running in the background. Open BorgIOS again to see it or to stop it.</source>
        <translation>Der Knoten läuft im Hintergrund weiter. Öffne BorgIOS wieder, um ihn zu sehen oder anzuhalten.</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Fenster schließen</translation>
    </message>
</context>
<context>
    <name>NavButton</name>
    <message numerus="yes">
        <source>%1, %n notice(s)</source>
        <translation>
            <numerusform>%1, %n Hinweis</numerusform>
            <numerusform>%1, %n Hinweise</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <comment>a page and its shortcut</comment>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>NetworkDetails</name>
    <message>
        <source>Copy invite</source>
        <translation>Einladung kopieren</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>What was checked</source>
        <translation>Was geprüft wurde</translation>
    </message>
    <message>
        <source>well</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>not well</source>
        <translation>nicht in Ordnung</translation>
    </message>
</context>
<context>
    <name>NetworkPage</name>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Copy invite</source>
        <translation>Einladung kopieren</translation>
    </message>
    <message>
        <source>Nobody else is here yet.</source>
        <translation>Noch ist niemand sonst da.</translation>
    </message>
    <message>
        <source>Send an invite to somebody, or use it on another computer of yours.</source>
        <translation>Schicke jemandem eine Einladung, oder nutze sie auf einem anderen Computer von dir.</translation>
    </message>
    <message>
        <source>Picture of the tree</source>
        <translation>Bild des Baums</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Mehr</translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>You give</source>
        <translation>Du gibst</translation>
    </message>
    <message>
        <source>You use</source>
        <translation>Du nutzt</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Zu beachten</translation>
    </message>
    <message>
        <source>Everything is fine.</source>
        <translation>Alles ist gut.</translation>
    </message>
    <message>
        <source>Nothing here needs you. You may close this window; the node keeps running.</source>
        <translation>Du musst nichts tun. Du kannst dieses Fenster schließen; der Knoten läuft weiter.</translation>
    </message>
    <message>
        <source>Your place in the network</source>
        <translation>Dein Platz im Netz</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Nothing is known just now.</source>
        <translation>Im Moment ist nichts bekannt.</translation>
    </message>
    <message>
        <source>What needs attention is shown when the node answers again.</source>
        <translation>Was zu beachten ist, erscheint, sobald der Knoten wieder antwortet.</translation>
    </message>
    <message>
        <source>online now</source>
        <translation>jetzt online</translation>
    </message>
</context>
<context>
    <name>PageFrame</name>
    <message>
        <source>Start node</source>
        <translation>Knoten starten</translation>
    </message>
</context>
<context>
    <name>PeerTable</name>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Herein</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Hinaus</translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation>Laufzeit</translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n Knoten</numerusform>
            <numerusform>%n Knoten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RadialTree</name>
    <message numerus="yes">
        <source>+ %n more in the list</source>
        <translation>
            <numerusform>+ %n weiterer in der Liste</numerusform>
            <numerusform>+ %n weitere in der Liste</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReachCard</name>
    <message>
        <source>Reachability</source>
        <translation>Erreichbarkeit</translation>
    </message>
    <message>
        <source>Seen as %1</source>
        <translation>Gesehen als %1</translation>
    </message>
    <message>
        <source>checked: %1</source>
        <translation>geprüft: %1</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Erneut prüfen</translation>
    </message>
</context>
<context>
    <name>RecoveryCard</name>
    <message>
        <source>Recovery</source>
        <translation>Wiederherstellung</translation>
    </message>
    <message>
        <source>Recovering…</source>
        <translation>Wird wiederhergestellt …</translation>
    </message>
    <message>
        <source>I have a link</source>
        <translation>Ich habe einen Link</translation>
    </message>
    <message>
        <source>Recovery link</source>
        <translation>Wiederherstellungslink</translation>
    </message>
</context>
<context>
    <name>RoleLegend</name>
    <message>
        <source>Parent</source>
        <translation>Elternknoten</translation>
    </message>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Stand-in parent</source>
        <translation>Ersatz für den Elternknoten</translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation>Nachbar</translation>
    </message>
    <message>
        <source>Other node</source>
        <translation>Anderer Knoten</translation>
    </message>
    <message>
        <source>Legend</source>
        <translation>Legende</translation>
    </message>
</context>
<context>
    <name>SegmentBar</name>
    <message>
        <source>What is shown</source>
        <translation>Was gezeigt wird</translation>
    </message>
</context>
<context>
    <name>SetupChoices</name>
    <message>
        <source>Try it on this computer</source>
        <translation>Auf diesem Computer ausprobieren</translation>
    </message>
    <message>
        <source>Five small nodes start here and form a network of their own. Nothing leaves this computer.</source>
        <translation>Fünf kleine Knoten starten hier und bilden ein eigenes Netz. Nichts verlässt diesen Computer.</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>Ausprobieren</translation>
    </message>
    <message>
        <source>Join a network</source>
        <translation>Einem Netz beitreten</translation>
    </message>
    <message>
        <source>Somebody gave you an invite. This computer becomes a node of their network.</source>
        <translation>Jemand hat dir eine Einladung gegeben. Dieser Computer wird ein Knoten dieses Netzes.</translation>
    </message>
    <message>
        <source>Invite</source>
        <translation>Einladung</translation>
    </message>
    <message>
        <source>Join</source>
        <translation>Beitreten</translation>
    </message>
    <message>
        <source>Create a network</source>
        <translation>Ein Netz gründen</translation>
    </message>
    <message>
        <source>This computer is the first node. You invite the others, for example your own computers or friends.</source>
        <translation>Dieser Computer ist der erste Knoten. Du lädst die anderen ein, etwa deine eigenen Computer oder Freunde.</translation>
    </message>
    <message>
        <source>Name of the network</source>
        <translation>Name des Netzes</translation>
    </message>
    <message>
        <source>for example Family</source>
        <translation>zum Beispiel Familie</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>Gründen</translation>
    </message>
</context>
<context>
    <name>SetupPage</name>
    <message>
        <source>A small program runs in the background, also while this window is closed. You can stop it at any time.</source>
        <translation>Ein kleines Programm läuft im Hintergrund, auch wenn dieses Fenster zu ist. Du kannst es jederzeit anhalten.</translation>
    </message>
    <message>
        <source>It keeps encrypted shards of other people&apos;s files in one folder, up to a limit. A shard alone reveals nothing.</source>
        <translation>Es bewahrt verschlüsselte Splitter fremder Dateien in einem Ordner auf, bis zu einer Grenze. Ein Splitter allein verrät nichts.</translation>
    </message>
    <message>
        <source>Your own files are encrypted before they leave. Whoever has a file&apos;s link can read it, and nobody else.</source>
        <translation>Deine eigenen Dateien werden verschlüsselt, bevor sie den Computer verlassen. Lesen kann sie, wer den Link hat, und sonst niemand.</translation>
    </message>
    <message>
        <source>It uses your network connection, but no account, and it does not look at your other files.</source>
        <translation>Es nutzt deine Netzverbindung, aber kein Konto, und es sieht deine anderen Dateien nicht an.</translation>
    </message>
    <message>
        <source>First run</source>
        <translation>Erster Start</translation>
    </message>
    <message>
        <source>Welcome to BorgIOS</source>
        <translation>Willkommen bei BorgIOS</translation>
    </message>
    <message>
        <source>A network of computers that keep each other&apos;s files. It belongs to those who take part.</source>
        <translation>Ein Netz von Computern, die einander Dateien aufbewahren. Es gehört denen, die mitmachen.</translation>
    </message>
    <message>
        <source>What this does to your computer</source>
        <translation>Was das mit deinem Computer macht</translation>
    </message>
    <message>
        <source>Everything is kept in %1. Remove that folder and nothing stays behind.</source>
        <translation>Alles liegt in %1. Entferne diesen Ordner, und nichts bleibt zurück.</translation>
    </message>
</context>
<context>
    <name>ShardDots</name>
    <message>
        <source>%1 of %2 shards reachable, %3 needed</source>
        <translation>%1 von %2 Splittern erreichbar, %3 nötig</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Sheets</name>
    <message>
        <source>Copy the link of %1</source>
        <translation>Link zu %1 kopieren</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>%1 entfernen?</translation>
    </message>
    <message>
        <source>The link carries the key: whoever has it can read the file, and it cannot be taken back. Send it only to those you trust, in a private way.</source>
        <translation>Der Link enthält den Schlüssel: Wer ihn hat, kann die Datei lesen, und er lässt sich nicht zurücknehmen. Schicke ihn nur Menschen, denen du vertraust, und auf vertraulichem Weg.</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Get a file by its link</source>
        <translation>Eine Datei über ihren Link holen</translation>
    </message>
    <message>
        <source>The file is fetched from the network, checked, and saved where you choose.</source>
        <translation>Die Datei wird aus dem Netz geholt, geprüft und dort gespeichert, wo du willst.</translation>
    </message>
    <message>
        <source>Choose where to save</source>
        <translation>Speicherort wählen</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>Recovery link</source>
        <translation>Wiederherstellungslink</translation>
    </message>
    <message>
        <source>With this link another computer gets all your files; whoever else has it can read and remove them. Write it down or print it, and keep it away from this computer.</source>
        <translation>Mit diesem Link erhält ein anderer Computer alle Ihre Dateien; wer ihn sonst hat, kann sie lesen und entfernen. Schreiben Sie ihn auf oder drucken Sie ihn, und bewahren Sie ihn nicht auf diesem Computer auf.</translation>
    </message>
    <message>
        <source>Get your files back</source>
        <translation>Dateien zurückholen</translation>
    </message>
    <message>
        <source>Paste the recovery link of the computer that you lost. Its files are yours on this one then.</source>
        <translation>Fügen Sie den Wiederherstellungslink des verlorenen Computers ein. Dessen Dateien gehören dann zu diesem.</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>It goes into the trash. After seven days the network forgets it, and links to it stop working. A copy on your disk is not touched.</source>
        <translation>Sie kommt in den Papierkorb. Nach sieben Tagen vergisst das Netzwerk sie, und Links auf sie gelten nicht mehr. Eine Kopie auf Ihrer Festplatte bleibt unberührt.</translation>
    </message>
    <message>
        <source>Remove the folder %1?</source>
        <translation>Den Ordner %1 entfernen?</translation>
    </message>
    <message>
        <source>Rename %1</source>
        <translation>%1 umbenennen</translation>
    </message>
    <message>
        <source>Versions of %1</source>
        <translation>Versionen von %1</translation>
    </message>
    <message>
        <source>All files in it go into the trash. After seven days the network forgets them, and links to them stop working. Copies on your disk are not touched.</source>
        <translation>Alle Dateien darin kommen in den Papierkorb. Nach sieben Tagen vergisst das Netzwerk sie, und Links auf sie gelten nicht mehr. Kopien auf Ihrer Festplatte bleiben unberührt.</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Overview</source>
        <translation>Überblick</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Ctrl+%1</source>
        <translation>Strg+%1</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Widen the sidebar</source>
        <translation>Seitenleiste breiter</translation>
    </message>
    <message>
        <source>Narrow the sidebar</source>
        <translation>Seitenleiste schmaler</translation>
    </message>
</context>
<context>
    <name>SortButton</name>
    <message>
        <source>Sorted by %1, backwards</source>
        <translation>Sortiert nach %1, rückwärts</translation>
    </message>
    <message>
        <source>Sorted by %1</source>
        <translation>Sortiert nach %1</translation>
    </message>
    <message>
        <source>Sort by %1</source>
        <translation>Nach %1 sortieren</translation>
    </message>
</context>
<context>
    <name>StateCard</name>
    <message>
        <source>Running since</source>
        <translation>Läuft seit</translation>
    </message>
    <message>
        <source>This node</source>
        <translation>Dieser Knoten</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>World time</source>
        <translation>Weltzeit</translation>
    </message>
</context>
<context>
    <name>StatusBlock</name>
    <message>
        <source>Node: %1. %2</source>
        <comment>state and reason</comment>
        <translation>Knoten: %1. %2</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Storage</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Files are encrypted here, then spread over the network.</source>
        <translation>Dateien werden hier verschlüsselt und dann über das Netz verteilt.</translation>
    </message>
    <message>
        <source>Get by link</source>
        <translation>Über Link holen</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation>
            <numerusform>%n Datei von dir</numerusform>
            <numerusform>%n Dateien von dir</numerusform>
        </translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>Übertragungen</translation>
    </message>
    <message>
        <source>Your files</source>
        <translation>Deine Dateien</translation>
    </message>
    <message>
        <source>Drop files here to keep them in the network.</source>
        <translation>Ziehe Dateien hierher, um sie im Netz aufzubewahren.</translation>
    </message>
    <message>
        <source>They are encrypted on this computer. Even if some nodes fail, they can be read.</source>
        <translation>Sie werden auf diesem Computer verschlüsselt. Auch wenn einige Knoten ausfallen, bleiben sie lesbar.</translation>
    </message>
    <message>
        <source>Drop to add to the network</source>
        <translation>Loslassen, um sie zum Netz hinzuzufügen</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Ordner hinzufügen</translation>
    </message>
</context>
<context>
    <name>TimeCard</name>
    <message>
        <source>World time</source>
        <translation>Weltzeit</translation>
    </message>
    <message>
        <source>World time is not known yet</source>
        <translation>Die Weltzeit ist noch nicht bekannt</translation>
    </message>
    <message>
        <source>World time · %1</source>
        <translation>Weltzeit · %1</translation>
    </message>
    <message>
        <source>Here: %1</source>
        <translation>Hier: %1</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Dismiss</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>TrafficCard</name>
    <message>
        <source>Traffic</source>
        <translation>Datenverkehr</translation>
    </message>
    <message>
        <source>Bytes a second during the last minute. Now: %1</source>
        <translation>Bytes je Sekunde in der letzten Minute. Jetzt: %1</translation>
    </message>
</context>
<context>
    <name>VersionsSheet</name>
    <message>
        <source>A version is kept for 90 days once there is a later one.</source>
        <translation>Eine Version bleibt noch 90 Tage, wenn es eine neuere gibt.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message numerus="yes">
        <source>%n version(s)</source>
        <translation>
            <numerusform>%n Version</numerusform>
            <numerusform>%n Versionen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (the file now)</source>
        <translation>%1 (die Datei jetzt)</translation>
    </message>
    <message>
        <source>Make this the file again</source>
        <translation>Diese wieder zur Datei machen</translation>
    </message>
    <message>
        <source>Download this version to…</source>
        <translation>Diese Version herunterladen nach …</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>%1/s</source>
        <comment>a rate, for example 12 MB/s</comment>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation>noch wenige Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>%n second(s) left</source>
        <translation>
            <numerusform>noch %n Sekunde</numerusform>
            <numerusform>noch %n Sekunden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) left</source>
        <translation>
            <numerusform>noch %n Minute</numerusform>
            <numerusform>noch %n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) left</source>
        <translation>
            <numerusform>noch %n Stunde</numerusform>
            <numerusform>noch %n Stunden</numerusform>
        </translation>
    </message>
    <message>
        <source>more than two days left</source>
        <translation>noch mehr als zwei Tage</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <comment>milliseconds</comment>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Today %1</source>
        <translation>Heute %1</translation>
    </message>
    <message>
        <source>Yesterday %1</source>
        <translation>Gestern %1</translation>
    </message>
    <message>
        <source>Node %1</source>
        <comment>the beginning of a node&apos;s id</comment>
        <translation>Knoten %1</translation>
    </message>
    <message>
        <source>Parent</source>
        <translation>Elternknoten</translation>
    </message>
    <message>
        <source>Child</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>Sibling</source>
        <translation>Geschwister</translation>
    </message>
    <message>
        <source>Stand-in parent</source>
        <translation>Ersatz für den Elternknoten</translation>
    </message>
    <message>
        <source>Neighbour</source>
        <translation>Nachbar</translation>
    </message>
    <message>
        <source>Known</source>
        <translation>Bekannt</translation>
    </message>
    <message>
        <source>Waiting for peers</source>
        <translation>Wartet auf andere Knoten</translation>
    </message>
    <message>
        <source>Encrypted and kept on this computer until other nodes can take it.</source>
        <translation>Verschlüsselt und hier aufbewahrt, bis andere Knoten sie nehmen können.</translation>
    </message>
    <message>
        <source>Being sent</source>
        <translation>Wird gesendet</translation>
    </message>
    <message>
        <source>Its shards are on their way to other nodes.</source>
        <translation>Ihre Splitter sind auf dem Weg zu anderen Knoten.</translation>
    </message>
    <message>
        <source>Safe, still spreading</source>
        <translation>Sicher, verteilt sich noch</translation>
    </message>
    <message>
        <source>Enough shards are stored; the remaining ones follow by themselves.</source>
        <translation>Genug Splitter sind gespeichert; die übrigen folgen von selbst.</translation>
    </message>
    <message>
        <source>Safe</source>
        <translation>Sicher</translation>
    </message>
    <message>
        <source>Every shard is stored and reachable.</source>
        <translation>Jeder Splitter ist gespeichert und erreichbar.</translation>
    </message>
    <message>
        <source>Readable, being repaired</source>
        <translation>Lesbar, wird ausgebessert</translation>
    </message>
    <message>
        <source>Some nodes are away. The network rebuilds the missing shards by itself.</source>
        <translation>Einige Knoten sind weg. Das Netz ersetzt die fehlenden Splitter von selbst.</translation>
    </message>
    <message>
        <source>In danger</source>
        <translation>In Gefahr</translation>
    </message>
    <message>
        <source>Only just enough shards are reachable. Keep a copy until it is repaired.</source>
        <translation>Nur gerade genug Splitter sind erreichbar. Behalte eine Kopie, bis sie ausgebessert ist.</translation>
    </message>
    <message>
        <source>Not readable now</source>
        <translation>Zurzeit nicht lesbar</translation>
    </message>
    <message>
        <source>Too few shards are reachable. It comes back if enough nodes return.</source>
        <translation>Zu wenige Splitter sind erreichbar. Sie wird wieder lesbar, wenn genug Knoten zurückkehren.</translation>
    </message>
    <message>
        <source>The file is no longer there. Choose it again.</source>
        <translation>Die Datei ist nicht mehr da. Wähle sie noch einmal.</translation>
    </message>
    <message>
        <source>No node has this file. Check the link, or ask who gave it to you.</source>
        <translation>Kein Knoten hat diese Datei. Prüfe den Link, oder frage, wer ihn dir gegeben hat.</translation>
    </message>
    <message>
        <source>The file may not be read. Change its permissions and add it again.</source>
        <translation>Die Datei darf nicht gelesen werden. Ändere ihre Rechte und füge sie noch einmal hinzu.</translation>
    </message>
    <message>
        <source>The link&apos;s key does not fit this file. Ask for the link again.</source>
        <translation>Der Schlüssel im Link passt nicht zu dieser Datei. Lass dir den Link noch einmal geben.</translation>
    </message>
    <message>
        <source>The disk could not be read. Check it and try again.</source>
        <translation>Die Platte ließ sich nicht lesen. Prüfe sie und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>The disk could not be written. Choose another folder.</source>
        <translation>Auf die Platte ließ sich nicht schreiben. Wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>There is not enough space left. Free some and try again.</source>
        <translation>Es ist nicht mehr genug Platz da. Schaffe welchen und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>This disk is full. Free some space or choose another folder.</source>
        <translation>Diese Platte ist voll. Schaffe Platz oder wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Other nodes did not answer. Check the connection and try again.</source>
        <translation>Andere Knoten haben nicht geantwortet. Prüfe die Verbindung und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Too few nodes with this file answer. Try again later.</source>
        <translation>Zu wenige Knoten mit dieser Datei antworten. Versuche es später noch einmal.</translation>
    </message>
    <message>
        <source>A file of this name is there already. Choose another name.</source>
        <translation>Eine Datei dieses Namens ist schon da. Wähle einen anderen Namen.</translation>
    </message>
    <message>
        <source>The file is larger than this network takes.</source>
        <translation>Die Datei ist größer, als dieses Netz annimmt.</translation>
    </message>
    <message>
        <source>This is not a file that can be added.</source>
        <translation>Das ist keine Datei, die sich hinzufügen lässt.</translation>
    </message>
    <message>
        <source>The link is damaged. Copy the whole of it and try again.</source>
        <translation>Der Link ist beschädigt. Kopiere ihn ganz und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>The node has too much to do. Try again in a moment.</source>
        <translation>Der Knoten hat zu viel zu tun. Versuche es gleich noch einmal.</translation>
    </message>
    <message>
        <source>The node stopped. Start it and try again.</source>
        <translation>Der Knoten wurde angehalten. Starte ihn und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>It did not work. Try again.</source>
        <translation>Es hat nicht geklappt. Versuche es noch einmal.</translation>
    </message>
    <message>
        <source>The node is not running. Start it and try again.</source>
        <translation>Der Knoten läuft nicht. Starte ihn und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>Es ist nicht mehr da.</translation>
    </message>
    <message>
        <source>It is not allowed. Check permissions and links.</source>
        <translation>Es ist nicht erlaubt. Prüfe Rechte und Links.</translation>
    </message>
    <message>
        <source>The disk could not be used.</source>
        <translation>Die Platte ließ sich nicht benutzen.</translation>
    </message>
    <message>
        <source>There is no space left. Free some and try again.</source>
        <translation>Es ist kein Platz mehr da. Schaffe welchen und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Something else changed it at the same time. Try again.</source>
        <translation>Etwas anderes hat es gleichzeitig geändert. Versuche es noch einmal.</translation>
    </message>
    <message>
        <source>It is too large.</source>
        <translation>Es ist zu groß.</translation>
    </message>
    <message>
        <source>The node did not understand it. Both programs must be of one version.</source>
        <translation>Der Knoten hat es nicht verstanden. Beide Programme müssen die gleiche Version haben.</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>what did not work, and why</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>Grandchild</source>
        <translation>Enkel</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Du</translation>
    </message>
    <message>
        <source>Above the parent</source>
        <translation>Über dem Elternknoten</translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours</comment>
        <translation>%1 h</translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tage</numerusform>
        </translation>
    </message>
    <message>
        <source>It joined the network.</source>
        <translation>Er ist dem Netz beigetreten.</translation>
    </message>
    <message>
        <source>A place was found.</source>
        <translation>Ein Platz wurde gefunden.</translation>
    </message>
    <message>
        <source>It began a new tree.</source>
        <translation>Er hat einen neuen Baum begonnen.</translation>
    </message>
    <message>
        <source>Two parts of the network became one.</source>
        <translation>Zwei Teile des Netzes sind eins geworden.</translation>
    </message>
    <message>
        <source>The parent left the network.</source>
        <translation>Der Elternknoten hat das Netz verlassen.</translation>
    </message>
    <message>
        <source>The connection to the parent broke.</source>
        <translation>Die Verbindung zum Elternknoten ist abgerissen.</translation>
    </message>
    <message>
        <source>The parent did not answer any more.</source>
        <translation>Der Elternknoten antwortete nicht mehr.</translation>
    </message>
    <message>
        <source>The parent had no room and sent it on.</source>
        <translation>Der Elternknoten hatte keinen Platz und schickte ihn weiter.</translation>
    </message>
    <message>
        <source>The way to the root had become a circle.</source>
        <translation>Der Weg zur Wurzel war ein Kreis geworden.</translation>
    </message>
    <message>
        <source>The root of the tree is gone.</source>
        <translation>Die Wurzel des Baums ist weg.</translation>
    </message>
    <message>
        <source>No parent was found: this computer became a root.</source>
        <translation>Kein Elternknoten war zu finden: Dieser Computer wurde eine Wurzel.</translation>
    </message>
    <message>
        <source>A better parent was found.</source>
        <translation>Ein besserer Elternknoten wurde gefunden.</translation>
    </message>
    <message>
        <source>The parent did not keep to the rules.</source>
        <translation>Der Elternknoten hielt sich nicht an die Regeln.</translation>
    </message>
    <message>
        <source>A file or folder of this name is in the way. Choose another name.</source>
        <translation>Eine Datei oder ein Ordner dieses Namens ist im Weg. Wählen Sie einen anderen Namen.</translation>
    </message>
</context>
<context>
    <name>borg::desktop::DialogChooser</name>
    <message>
        <source>Add files to the network</source>
        <translation>Dateien zum Netz hinzufügen</translation>
    </message>
    <message>
        <source>Save the file as</source>
        <translation>Datei speichern unter</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner wählen</translation>
    </message>
</context>
<context>
    <name>borg::desktop::Tray</name>
    <message>
        <source>Open BorgIOS</source>
        <translation>BorgIOS öffnen</translation>
    </message>
    <message>
        <source>Start node</source>
        <translation>Knoten starten</translation>
    </message>
    <message>
        <source>Quit window (node keeps running)</source>
        <translation>Fenster beenden (Knoten läuft weiter)</translation>
    </message>
    <message>
        <source>Stop node and quit</source>
        <translation>Knoten anhalten und beenden</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>state and reason</comment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>BorgIOS
%1</source>
        <translation>BorgIOS
%1</translation>
    </message>
    <message>
        <source>BorgIOS is still here</source>
        <translation>BorgIOS ist noch da</translation>
    </message>
    <message>
        <source>The node keeps running. Open or stop it from this icon.</source>
        <translation>Der Knoten läuft weiter. Über dieses Symbol öffnest du ihn oder hältst ihn an.</translation>
    </message>
</context>
<context>
    <name>borg::ui::AttentionRows</name>
    <message>
        <source>This computer cannot store new data.</source>
        <translation>Dieser Computer kann nichts Neues speichern.</translation>
    </message>
    <message>
        <source>The disk is full or failed. Free some space; the node goes on by itself.</source>
        <translation>Die Platte ist voll oder ausgefallen. Schaffe Platz; der Knoten macht von selbst weiter.</translation>
    </message>
    <message>
        <source>The space you give is nearly used up.</source>
        <translation>Der Platz, den du gibst, ist fast belegt.</translation>
    </message>
    <message>
        <source>New shards go to other nodes. What is stored here stays.</source>
        <translation>Neue Splitter gehen an andere Knoten. Was hier gespeichert ist, bleibt.</translation>
    </message>
    <message numerus="yes">
        <source>%n damaged shard(s) found on this disk.</source>
        <translation>
            <numerusform>%n beschädigter Splitter auf dieser Platte gefunden.</numerusform>
            <numerusform>%n beschädigte Splitter auf dieser Platte gefunden.</numerusform>
        </translation>
    </message>
    <message>
        <source>The network rebuilds them from others. If it happens again, check the disk.</source>
        <translation>Das Netz ersetzt sie aus anderen. Wenn es wieder vorkommt, prüfe die Platte.</translation>
    </message>
    <message>
        <source>This node is alone in its network.</source>
        <translation>Dieser Knoten ist allein in seinem Netz.</translation>
    </message>
    <message>
        <source>Files are only on this computer until others join. Send somebody an invite.</source>
        <translation>Dateien liegen nur auf diesem Computer, bis andere beitreten. Schicke jemandem eine Einladung.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>a file and its state</comment>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 was not added.</source>
        <translation>%1 wurde nicht hinzugefügt.</translation>
    </message>
    <message>
        <source>%1 was not downloaded.</source>
        <translation>%1 wurde nicht heruntergeladen.</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <comment>further notices</comment>
        <translation>
            <numerusform>%n weiterer</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Look at the list of your files.</source>
        <translation>Sieh in die Liste deiner Dateien.</translation>
    </message>
    <message>
        <source>Look at the clock of this computer.</source>
        <translation>Sieh nach der Uhr dieses Computers.</translation>
    </message>
    <message>
        <source>Other nodes cannot reach this computer directly.</source>
        <translation>Andere Knoten erreichen diesen Computer nicht direkt.</translation>
    </message>
    <message>
        <source>It works, but slower. The network page says what would help.</source>
        <translation>Es geht, aber langsamer. Auf der Netz-Seite steht, was helfen würde.</translation>
    </message>
</context>
<context>
    <name>borg::ui::ChangeRows</name>
    <message>
        <source>%1 became the parent</source>
        <translation>%1 wurde der Elternknoten</translation>
    </message>
    <message>
        <source>Without a parent</source>
        <translation>Ohne Elternknoten</translation>
    </message>
</context>
<context>
    <name>borg::ui::Dashboard</name>
    <message>
        <source>This node already belongs to a network, so the invite was not used.</source>
        <translation>Dieser Knoten gehört schon zu einem Netz, deshalb wurde die Einladung nicht benutzt.</translation>
    </message>
    <message>
        <source>Set up this computer first, then open the link again.</source>
        <translation>Richte zuerst diesen Computer ein, dann öffne den Link noch einmal.</translation>
    </message>
    <message>
        <source>The program borgd is missing. Install BorgIOS again.</source>
        <translation>Das Programm borgd fehlt. Installiere BorgIOS noch einmal.</translation>
    </message>
    <message>
        <source>The node ended: %1</source>
        <translation>Der Knoten hat sich beendet: %1</translation>
    </message>
    <message>
        <source>The node has no invite yet. Try again in a moment.</source>
        <translation>Der Knoten hat noch keine Einladung. Versuche es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Invite copied. Send it to whoever shall join.</source>
        <translation>Einladung kopiert. Schicke sie dem, der beitreten soll.</translation>
    </message>
</context>
<context>
    <name>borg::ui::FileRows</name>
    <message>
        <source>any %1 of %2 shards</source>
        <translation>beliebige %1 von %2 Splittern</translation>
    </message>
    <message>
        <source>%1 of %2 shards reachable, %3 needed</source>
        <translation>%1 von %2 Splittern erreichbar, %3 nötig</translation>
    </message>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <comment>in a folder</comment>
        <translation>
            <numerusform>%n Datei</numerusform>
            <numerusform>%n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Folder %1</source>
        <translation>Ordner %1</translation>
    </message>
</context>
<context>
    <name>borg::ui::JobRows</name>
    <message>
        <source>Encrypting and sending</source>
        <translation>Wird verschlüsselt und gesendet</translation>
    </message>
    <message>
        <source>Fetching and checking</source>
        <translation>Wird geholt und geprüft</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>bytes done of all</comment>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Stored in the network</source>
        <translation>Im Netz gespeichert</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>Gespeichert als %1</translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind</source>
        <translation>Abgebrochen; nichts blieb zurück</translation>
    </message>
    <message>
        <source>%1 of %2 files</source>
        <translation>%1 von %2 Dateien</translation>
    </message>
    <message>
        <source>Cancelled after %1 of %2 files; start it again for the rest</source>
        <translation>Nach %1 von %2 Dateien abgebrochen; für den Rest noch einmal starten</translation>
    </message>
    <message>
        <source>%1 of %2 files are there. %3</source>
        <translation>%1 von %2 Dateien sind da. %3</translation>
    </message>
</context>
<context>
    <name>borg::ui::NetworkModel</name>
    <message>
        <source>Nobody else is here yet.</source>
        <translation>Noch ist niemand sonst da.</translation>
    </message>
    <message>
        <source>This computer is the root of the tree</source>
        <translation>Dieser Computer ist die Wurzel des Baums</translation>
    </message>
    <message>
        <source>This computer hangs below %1</source>
        <translation>Dieser Computer hängt unter %1</translation>
    </message>
    <message numerus="yes">
        <source>has %n child(ren)</source>
        <translation>
            <numerusform>hat %n Kind</numerusform>
            <numerusform>hat %n Kinder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n other node(s) online</source>
        <translation>
            <numerusform>%n anderer Knoten online</numerusform>
            <numerusform>%n andere Knoten online</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 and %2. %3.</source>
        <comment>place in the tree, children, nodes that are up</comment>
        <translation>%1 und %2. %3.</translation>
    </message>
    <message>
        <source>%1 in, %2 out</source>
        <comment>rates of all links</comment>
        <translation>%1 herein, %2 hinaus</translation>
    </message>
    <message numerus="yes">
        <source>Room for %n child(ren).</source>
        <translation>
            <numerusform>Platz für %n Kind.</numerusform>
            <numerusform>Platz für %n Kinder.</numerusform>
        </translation>
    </message>
    <message>
        <source>A message of the root takes %1 to this computer.</source>
        <translation>Eine Nachricht der Wurzel braucht %1 bis zu diesem Computer.</translation>
    </message>
    <message>
        <source>%1 messages to everybody received, %2 copies too many.</source>
        <translation>%1 Nachrichten an alle empfangen, %2 Kopien zu viel.</translation>
    </message>
    <message>
        <source>%1 messages carried for others.</source>
        <translation>%1 Nachrichten für andere weitergetragen.</translation>
    </message>
    <message>
        <source>%1 received and %2 sent since the start.</source>
        <translation>%1 empfangen und %2 gesendet seit dem Start.</translation>
    </message>
    <message>
        <source>The last lost parent was replaced within %1.</source>
        <translation>Der letzte verlorene Elternknoten wurde nach %1 ersetzt.</translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s) turned away.</source>
        <translation>
            <numerusform>%n Verbindung abgewiesen.</numerusform>
            <numerusform>%n Verbindungen abgewiesen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) shut out for a while.</source>
        <translation>
            <numerusform>%n Knoten für eine Weile ausgesperrt.</numerusform>
            <numerusform>%n Knoten für eine Weile ausgesperrt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Messages to one node: %1 sent, %2 not acknowledged, %3 received.</source>
        <translation>Nachrichten an einen Knoten: %1 gesendet, %2 nicht bestätigt, %3 empfangen.</translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s) made through routers.</source>
        <translation>
            <numerusform>%n direkte Verbindung durch Router hindurch.</numerusform>
            <numerusform>%n direkte Verbindungen durch Router hindurch.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::NodeStatus</name>
    <message>
        <source>Online</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>Connected, but it cannot store new data.</source>
        <translation>Verbunden, kann aber nichts Neues speichern.</translation>
    </message>
    <message numerus="yes">
        <source>Connected with %n other node(s).</source>
        <translation>
            <numerusform>Verbunden mit %n anderen Knoten.</numerusform>
            <numerusform>Verbunden mit %n anderen Knoten.</numerusform>
        </translation>
    </message>
    <message>
        <source>Alone</source>
        <translation>Allein</translation>
    </message>
    <message>
        <source>No other node is reachable yet. Invite one to join.</source>
        <translation>Noch ist kein anderer Knoten erreichbar. Lade einen ein.</translation>
    </message>
    <message>
        <source>Joining</source>
        <translation>Tritt bei</translation>
    </message>
    <message>
        <source>Looking for a place in the network.</source>
        <translation>Sucht einen Platz im Netz.</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Saying goodbye to its neighbours.</source>
        <translation>Verabschiedet sich von den Nachbarn.</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Startet</translation>
    </message>
    <message>
        <source>Checking what is stored on this computer.</source>
        <translation>Prüft, was auf diesem Computer gespeichert ist.</translation>
    </message>
    <message>
        <source>Not started</source>
        <translation>Nicht gestartet</translation>
    </message>
    <message>
        <source>The node is being started.</source>
        <translation>Der Knoten wird gestartet.</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>You stopped the node. Nothing is given or used until you start it.</source>
        <translation>Du hast den Knoten angehalten. Bis du ihn startest, wird nichts gegeben und nichts genutzt.</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Looking for the node on this computer.</source>
        <translation>Sucht den Knoten auf diesem Computer.</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>The node does not answer. It may have stopped.</source>
        <translation>Der Knoten antwortet nicht. Vielleicht wurde er beendet.</translation>
    </message>
    <message>
        <source>Not running</source>
        <translation>Läuft nicht</translation>
    </message>
    <message>
        <source>No node is running on this computer.</source>
        <translation>Auf diesem Computer läuft kein Knoten.</translation>
    </message>
    <message>
        <source>A network on this computer only</source>
        <translation>Ein Netz nur auf diesem Computer</translation>
    </message>
</context>
<context>
    <name>borg::ui::OverviewModel</name>
    <message>
        <source>of %1 offered</source>
        <translation>von %1 angeboten</translation>
    </message>
    <message>
        <source>no limit set</source>
        <translation>ohne Grenze</translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) held for others</source>
        <translation>
            <numerusform>%n Splitter für andere aufbewahrt</numerusform>
            <numerusform>%n Splitter für andere aufbewahrt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) of yours</source>
        <translation>
            <numerusform>%n Datei von dir</numerusform>
            <numerusform>%n Dateien von dir</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing stored yet</source>
        <translation>Noch nichts gespeichert</translation>
    </message>
    <message>
        <source>All of them safe</source>
        <translation>Alle sicher</translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) a look</source>
        <translation>
            <numerusform>%n braucht einen Blick</numerusform>
            <numerusform>%n brauchen einen Blick</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n direct link(s)</source>
        <translation>
            <numerusform>%n direkte Verbindung</numerusform>
            <numerusform>%n direkte Verbindungen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, the nearest at %2</source>
        <translation>%1, die nächste mit %2</translation>
    </message>
    <message numerus="yes">
        <source>This node is the root of the tree, with %n child(ren).</source>
        <translation>
            <numerusform>Dieser Knoten ist die Wurzel des Baums, mit %n Kind.</numerusform>
            <numerusform>Dieser Knoten ist die Wurzel des Baums, mit %n Kindern.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Level %1 of the tree, below %2, with %n child(ren).</source>
        <translation>
            <numerusform>Ebene %1 des Baums, unter %2, mit %n Kind.</numerusform>
            <numerusform>Ebene %1 des Baums, unter %2, mit %n Kindern.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::PeerRows</name>
    <message>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>%1 in, %2 out</source>
        <comment>traffic with a node</comment>
        <translation>%1 herein, %2 hinaus</translation>
    </message>
    <message>
        <source>Level %1</source>
        <translation>Ebene %1</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>Online</translation>
    </message>
    <message>
        <source>Last seen: %1</source>
        <translation>Zuletzt gesehen: %1</translation>
    </message>
    <message>
        <source>Not seen yet</source>
        <translation>Noch nicht gesehen</translation>
    </message>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message>
        <source>You (root)</source>
        <translation>Du (Wurzel)</translation>
    </message>
    <message>
        <source>Root</source>
        <translation>Wurzel</translation>
    </message>
    <message numerus="yes">
        <source>Shut out for a while, %n misdeed(s)</source>
        <translation>
            <numerusform>Für eine Weile ausgesperrt, %n Verstoß</numerusform>
            <numerusform>Für eine Weile ausgesperrt, %n Verstöße</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n misdeed(s)</source>
        <translation>
            <numerusform>%n Verstoß</numerusform>
            <numerusform>%n Verstöße</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::ReachModel</name>
    <message>
        <source>The connection was not checked.</source>
        <translation>Die Verbindung wurde nicht geprüft.</translation>
    </message>
    <message>
        <source>Reachable from everywhere</source>
        <translation>Von überall erreichbar</translation>
    </message>
    <message>
        <source>Other nodes connect to this computer directly.</source>
        <translation>Andere Knoten verbinden sich direkt mit diesem Computer.</translation>
    </message>
    <message>
        <source>Reachable through the router</source>
        <translation>Durch den Router erreichbar</translation>
    </message>
    <message>
        <source>The router passes connections of other nodes on to this computer.</source>
        <translation>Der Router gibt Verbindungen anderer Knoten an diesen Computer weiter.</translation>
    </message>
    <message>
        <source>Reachable with help</source>
        <translation>Mit Hilfe erreichbar</translation>
    </message>
    <message>
        <source>Other nodes get through the router when a third one arranges it. That is enough.</source>
        <translation>Andere Knoten kommen durch den Router, wenn ein dritter es vermittelt. Das genügt.</translation>
    </message>
    <message>
        <source>Not reachable from outside</source>
        <translation>Von außen nicht erreichbar</translation>
    </message>
    <message>
        <source>Others reach this computer only by way of other nodes, which is slower.</source>
        <translation>Andere erreichen diesen Computer nur über weitere Knoten, und das ist langsamer.</translation>
    </message>
    <message>
        <source>Turn on UPnP or NAT-PMP in the router, or let it pass the port of this node on to this computer.</source>
        <translation>Schalte im Router UPnP oder NAT-PMP ein, oder leite den Port dieses Knotens auf diesen Computer weiter.</translation>
    </message>
    <message>
        <source>Reachable in this local network</source>
        <translation>In diesem lokalen Netz erreichbar</translation>
    </message>
    <message>
        <source>Whether nodes elsewhere get through is not known yet.</source>
        <translation>Ob Knoten von anderswo durchkommen, ist noch nicht bekannt.</translation>
    </message>
    <message>
        <source>On this computer only</source>
        <translation>Nur auf diesem Computer</translation>
    </message>
    <message>
        <source>All nodes of this network run here; nobody else has to reach them.</source>
        <translation>Alle Knoten dieses Netzes laufen hier; niemand sonst muss sie erreichen.</translation>
    </message>
    <message>
        <source>Not known yet</source>
        <translation>Noch nicht bekannt</translation>
    </message>
    <message>
        <source>Two other nodes have to try to connect before it is known.</source>
        <translation>Erst müssen zwei andere Knoten versuchen, sich zu verbinden.</translation>
    </message>
</context>
<context>
    <name>borg::ui::RecoveryModel</name>
    <message>
        <source>Your files will outlive this computer</source>
        <translation>Ihre Dateien werden diesen Computer überdauern</translation>
    </message>
    <message>
        <source>The list of your files is kept in the network too, encrypted. With the recovery link another computer gets all of them.</source>
        <translation>Auch die Liste Ihrer Dateien liegt verschlüsselt im Netzwerk. Mit dem Wiederherstellungslink erhält ein anderer Computer sie alle.</translation>
    </message>
    <message>
        <source>Your files outlive this computer</source>
        <translation>Ihre Dateien überdauern diesen Computer</translation>
    </message>
    <message>
        <source>The list of your files is in the network, encrypted. With the recovery link another computer gets all of them. Keep it somewhere else.</source>
        <translation>Die Liste Ihrer Dateien liegt verschlüsselt im Netzwerk. Mit dem Wiederherstellungslink erhält ein anderer Computer sie alle. Bewahren Sie ihn anderswo auf.</translation>
    </message>
    <message>
        <source>The list of your files is being saved</source>
        <translation>Die Liste Ihrer Dateien wird gesichert</translation>
    </message>
    <message>
        <source>It takes a few seconds. Until then only this computer knows the newest.</source>
        <translation>Das dauert einige Sekunden. Bis dahin kennt nur dieser Computer die neuesten.</translation>
    </message>
    <message>
        <source>Only this computer knows your newest files</source>
        <translation>Nur dieser Computer kennt Ihre neuesten Dateien</translation>
    </message>
    <message>
        <source>The list of your files could not be saved in the network yet. It is tried again by itself.</source>
        <translation>Die Liste Ihrer Dateien konnte noch nicht im Netzwerk gesichert werden. Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>The recovery link was not shown.</source>
        <translation>Der Wiederherstellungslink wurde nicht angezeigt.</translation>
    </message>
    <message>
        <source>Recovery link copied. Keep it where only you can find it, not on this computer.</source>
        <translation>Wiederherstellungslink kopiert. Bewahren Sie ihn dort auf, wo nur Sie ihn finden, nicht auf diesem Computer.</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) recovered.</source>
        <translation>
            <numerusform>%n Datei wiederhergestellt.</numerusform>
            <numerusform>%n Dateien wiederhergestellt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nobody who is online knows this recovery link. Is this node in the right network? Try again later.</source>
        <translation>Niemand, der online ist, kennt diesen Wiederherstellungslink. Ist dieser Knoten im richtigen Netzwerk? Versuchen Sie es später erneut.</translation>
    </message>
    <message>
        <source>This node has files of its own. Recover on one without files.</source>
        <translation>Dieser Knoten hat eigene Dateien. Stellen Sie auf einem ohne Dateien wieder her.</translation>
    </message>
    <message>
        <source>Nothing was recovered.</source>
        <translation>Es wurde nichts wiederhergestellt.</translation>
    </message>
    <message>
        <source>Paste the link that begins with borg:w/.</source>
        <translation>Fügen Sie den Link ein, der mit borg:w/ beginnt.</translation>
    </message>
    <message>
        <source>This is the link of one file. A recovery link begins with borg:w/.</source>
        <translation>Dies ist der Link einer einzelnen Datei. Ein Wiederherstellungslink beginnt mit borg:w/.</translation>
    </message>
    <message>
        <source>This is not a recovery link. It begins with borg:w/.</source>
        <translation>Dies ist kein Wiederherstellungslink. Ein solcher beginnt mit borg:w/.</translation>
    </message>
    <message>
        <source>The link is cut off. Copy the whole of it, with the part after #.</source>
        <translation>Der Link ist abgeschnitten. Kopieren Sie ihn ganz, mit dem Teil nach dem #.</translation>
    </message>
</context>
<context>
    <name>borg::ui::SetupModel</name>
    <message>
        <source>A program that belongs to BorgIOS is missing. Install it again.</source>
        <translation>Ein Programm, das zu BorgIOS gehört, fehlt. Installiere es noch einmal.</translation>
    </message>
    <message>
        <source>It could not be started. Below is what the program said.</source>
        <translation>Es ließ sich nicht starten. Darunter steht, was das Programm gesagt hat.</translation>
    </message>
    <message numerus="yes">
        <source>Starting %n nodes on this computer…</source>
        <translation>
            <numerusform>%n Knoten startet auf diesem Computer …</numerusform>
            <numerusform>%n Knoten starten auf diesem Computer …</numerusform>
        </translation>
    </message>
    <message>
        <source>Opening the dashboard…</source>
        <translation>Die Übersicht wird geöffnet …</translation>
    </message>
    <message>
        <source>Joining the network…</source>
        <translation>Dem Netz wird beigetreten …</translation>
    </message>
    <message>
        <source>Creating the network…</source>
        <translation>Das Netz wird gegründet …</translation>
    </message>
    <message>
        <source>Paste the invite that you were given.</source>
        <translation>Füge die Einladung ein, die du bekommen hast.</translation>
    </message>
    <message>
        <source>This is too long for an invite.</source>
        <translation>Das ist zu lang für eine Einladung.</translation>
    </message>
    <message>
        <source>This is the link of a file, not an invite.</source>
        <translation>Das ist der Link einer Datei, keine Einladung.</translation>
    </message>
    <message>
        <source>The invite is cut off. Copy the whole of it.</source>
        <translation>Die Einladung ist abgeschnitten. Kopiere sie ganz.</translation>
    </message>
    <message>
        <source>An invite begins with borg:join/. An address such as host:4001 works too.</source>
        <translation>Eine Einladung beginnt mit borg:join/. Auch eine Adresse wie host:4001 geht.</translation>
    </message>
    <message>
        <source>Give the network a name.</source>
        <translation>Gib dem Netz einen Namen.</translation>
    </message>
    <message numerus="yes">
        <source>At most %n characters.</source>
        <translation>
            <numerusform>Höchstens %n Zeichen.</numerusform>
            <numerusform>Höchstens %n Zeichen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>borg::ui::StorageModel</name>
    <message>
        <source>no limit</source>
        <translation>ohne Grenze</translation>
    </message>
    <message>
        <source>New shards are not taken: the disk is full or failed. Free some space.</source>
        <translation>Neue Splitter werden nicht angenommen: Die Platte ist voll oder ausgefallen. Schaffe Platz.</translation>
    </message>
    <message>
        <source>Only files on this computer can be added.</source>
        <translation>Nur Dateien auf diesem Computer lassen sich hinzufügen.</translation>
    </message>
    <message>
        <source>%1 was not added.</source>
        <translation>%1 wurde nicht hinzugefügt.</translation>
    </message>
    <message>
        <source>Nothing was downloaded.</source>
        <translation>Nichts wurde heruntergeladen.</translation>
    </message>
    <message>
        <source>It was not cancelled.</source>
        <translation>Es wurde nicht abgebrochen.</translation>
    </message>
    <message>
        <source>%1 was not removed.</source>
        <translation>%1 wurde nicht entfernt.</translation>
    </message>
    <message>
        <source>The link was not copied.</source>
        <translation>Der Link wurde nicht kopiert.</translation>
    </message>
    <message>
        <source>Link copied. Whoever has it can read the file.</source>
        <translation>Link kopiert. Wer ihn hat, kann die Datei lesen.</translation>
    </message>
    <message>
        <source>Paste a link that begins with borg:r/.</source>
        <translation>Füge einen Link ein, der mit borg:r/ beginnt.</translation>
    </message>
    <message>
        <source>This is an invite to a network, not the link of a file.</source>
        <translation>Das ist eine Einladung in ein Netz, nicht der Link einer Datei.</translation>
    </message>
    <message>
        <source>This link can check the file but not open it. Ask for the full link.</source>
        <translation>Dieser Link kann die Datei prüfen, aber nicht öffnen. Lass dir den ganzen Link geben.</translation>
    </message>
    <message>
        <source>This is not the link of a file. It begins with borg:r/.</source>
        <translation>Das ist kein Link einer Datei. Er beginnt mit borg:r/.</translation>
    </message>
    <message>
        <source>The link is cut off. Copy the whole of it, with the part after #.</source>
        <translation>Der Link ist abgeschnitten. Kopiere ihn ganz, mit dem Teil nach #.</translation>
    </message>
    <message>
        <source>This is a recovery link: it gives all files of somebody, not one.</source>
        <translation>Dies ist ein Wiederherstellungslink: Er gibt alle Dateien von jemandem, nicht eine.</translation>
    </message>
    <message>
        <source>%1 is in the trash for seven days.</source>
        <translation>%1 liegt sieben Tage im Papierkorb.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>%1 is still in the trash.</source>
        <translation>%1 liegt noch im Papierkorb.</translation>
    </message>
    <message>
        <source>There is something called %1 already.</source>
        <translation>Etwas mit dem Namen %1 gibt es schon.</translation>
    </message>
    <message>
        <source>It was not renamed.</source>
        <translation>Es wurde nicht umbenannt.</translation>
    </message>
    <message>
        <source>A name is needed.</source>
        <translation>Ein Name ist nötig.</translation>
    </message>
    <message>
        <source>A name has no slash.</source>
        <translation>Ein Name hat keinen Schrägstrich.</translation>
    </message>
    <message>
        <source>A name has at most %1 characters.</source>
        <translation>Ein Name hat höchstens %1 Zeichen.</translation>
    </message>
</context>
<context>
    <name>borg::ui::TimeModel</name>
    <message>
        <source>, </source>
        <translation>, </translation>
    </message>
    <message>
        <source>The clock of this computer is %1 slow. Turn on automatic time in its settings.</source>
        <translation>Die Uhr dieses Computers geht %1 nach. Schalte in seinen Einstellungen die automatische Uhrzeit ein.</translation>
    </message>
    <message>
        <source>The clock of this computer is %1 fast. Turn on automatic time in its settings.</source>
        <translation>Die Uhr dieses Computers geht %1 vor. Schalte in seinen Einstellungen die automatische Uhrzeit ein.</translation>
    </message>
    <message>
        <source>Nothing keeps the clock of this computer right. Turn on automatic time in its settings.</source>
        <translation>Nichts stellt die Uhr dieses Computers nach. Schalte in seinen Einstellungen die automatische Uhrzeit ein.</translation>
    </message>
    <message>
        <source>The other nodes have another time than this computer. Check its clock and date.</source>
        <translation>Die anderen Knoten haben eine andere Zeit als dieser Computer. Prüfe seine Uhr und sein Datum.</translation>
    </message>
    <message>
        <source>%1 of %2 clocks agree.</source>
        <comment>how many of the nodes that were asked</comment>
        <translation>%1 von %2 Uhren stimmen überein.</translation>
    </message>
    <message>
        <source>In step with the network</source>
        <translation>Im Takt mit dem Netz</translation>
    </message>
    <message>
        <source>Running on</source>
        <translation>Läuft weiter</translation>
    </message>
    <message>
        <source>It was in step; too few nodes answer now. %1</source>
        <translation>Sie war im Takt; jetzt antworten zu wenige Knoten. %1</translation>
    </message>
    <message>
        <source>This computer&apos;s clock</source>
        <translation>Uhr dieses Computers</translation>
    </message>
    <message>
        <source>Too few nodes to compare with. From twelve on, they agree on a time.</source>
        <translation>Zu wenige Knoten zum Vergleichen. Ab zwölf einigen sie sich auf eine Zeit.</translation>
    </message>
    <message>
        <source>%1 UTC</source>
        <comment>a time of day</comment>
        <translation>%1 UTC</translation>
    </message>
    <message>
        <source>± %1</source>
        <comment>how far off a clock may be</comment>
        <translation>± %1</translation>
    </message>
</context>
<context>
    <name>borg::ui::VersionRows</name>
    <message>
        <source>The versions cannot be shown.</source>
        <translation>Die Versionen können nicht gezeigt werden.</translation>
    </message>
    <message>
        <source>The earlier version is the file now. The other one is kept as a version.</source>
        <translation>Die frühere Version ist jetzt die Datei. Die andere bleibt als Version erhalten.</translation>
    </message>
    <message>
        <source>The file is as it was.</source>
        <translation>Die Datei ist, wie sie war.</translation>
    </message>
</context>
</TS>
