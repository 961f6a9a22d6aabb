// SPDX-License-Identifier: GPL-3.0-or-later
#include "session.h"

/// Completion scripts, made from the table of verbs.
namespace borgctl {

using namespace Qt::Literals::StringLiterals;

namespace {

QString optionWords(const Verb &verb)
{
    QStringList words;
    for (const Option &option : verb.options)
        words.append(u"--"_s + QLatin1StringView(option.name));
    for (const Option &option : commonOptions())
        words.append(u"--"_s + QLatin1StringView(option.name));
    return words.join(u' ');
}

QString verbWords()
{
    QStringList words;
    for (const Verb &verb : verbs())
        words.append(QString::fromLatin1(verb.name));
    return words.join(u' ');
}

QString bashScript()
{
    QString cases;
    for (const Verb &verb : verbs())
        cases += u"    %1) words='%2' ;;\n"_s.arg(QLatin1StringView(verb.name), optionWords(verb));
    return u"# bash completion of borgctl: eval \"$(borgctl completion bash)\"\n"
           "_borgctl() {\n"
           "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb= "
           "words i\n"
           "  COMPREPLY=()\n"
           "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "    case ${COMP_WORDS[i]} in\n"
           "      --data) ((i++)) ;;\n"
           "      -*) ;;\n"
           "      *) verb=${COMP_WORDS[i]}; break ;;\n"
           "    esac\n"
           "  done\n"
           "  case $previous in\n"
           "    --data) mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return ;;\n"
           "    --link-file) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return ;;\n"
           "    completion) mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- \"$current\"); "
           "return ;;\n"
           "  esac\n"
           "  case $verb in\n"
           "    '') words='%1 --data --json --help --version' ;;\n"_s.arg(verbWords())
        + cases
        + u"  esac\n"
          "  if [[ $current == -* || -z $verb ]]; then\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
          "  else\n"
          "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
          "  fi\n"
          "}\n"
          "complete -o filenames -F _borgctl borgctl\n"_s;
}

QString quoted(const char *text)
{
    return QString::fromUtf8(text).replace(u'\'', u"'\\''"_s).replace(u':', u"\\:"_s);
}

QString zshScript()
{
    QString verbLines;
    QString cases;
    for (const Verb &verb : verbs()) {
        const QString name = QString::fromLatin1(verb.name);
        verbLines += u"    '%1:%2'\n"_s.arg(name, quoted(verb.doc));
        QString specs;
        for (const Option &option : verb.options)
            specs += u" '--%1[%2]%3'"_s.arg(QLatin1StringView(option.name), quoted(option.doc),
                option.value == nullptr ? QString() : u":value:_files"_s);
        cases += u"    %1) _arguments $common%2 '*:file:_files' ;;\n"_s.arg(name, specs);
    }
    return u"#compdef borgctl\n"
           "# zsh completion of borgctl: eval \"$(borgctl completion zsh)\"\n"
           "_borgctl() {\n"
           "  local -a verbs common\n"
           "  verbs=(\n"_s
        + verbLines
        + u"  )\n"
          "  common=('--data[data folder]:folder:_files -/' '--json[print JSON]' '--help[show "
          "help]')\n"
          "  local verb=${words[(r)(("_s
        + verbWords().replace(u' ', u'|')
        + u"))]}\n"
          "  case $verb in\n"
          "    '') _arguments $common '1:verb:->verb'; _describe verb verbs ;;\n"_s
        + cases
        + u"  esac\n"
          "}\n"
          "compdef _borgctl borgctl\n"_s;
}

QString fishScript()
{
    QString text = u"# fish completion of borgctl: borgctl completion fish | source\n"_s;
    const auto fishQuoted = [](const char *doc) {
        return QString::fromUtf8(doc).replace(u'\\', u"\\\\"_s).replace(u'\'', u"\\'"_s);
    };
    for (const Option &option : commonOptions())
        text += u"complete -c borgctl -l %1%2 -d '%3'\n"_s.arg(QLatin1StringView(option.name),
            option.value == nullptr ? QString() : u" -r"_s, fishQuoted(option.doc));
    for (const Verb &verb : verbs()) {
        text += u"complete -c borgctl -n __fish_use_subcommand -f -a %1 -d '%2'\n"_s.arg(
            QLatin1StringView(verb.name), fishQuoted(verb.doc));
        for (const Option &option : verb.options)
            text += u"complete -c borgctl -n '__fish_seen_subcommand_from %1' -l %2%3 -d '%4'\n"_s
                        .arg(QLatin1StringView(verb.name), QLatin1StringView(option.name),
                            option.value == nullptr ? QString() : u" -r"_s, fishQuoted(option.doc));
    }
    return text;
}

} // namespace

Run completion(Session &session)
{
    const QString shell = session.args.operands.first();
    if (shell == u"bash")
        session.out(bashScript());
    else if (shell == u"zsh")
        session.out(zshScript());
    else if (shell == u"fish")
        session.out(fishScript());
    else
        co_return session.fail(Exit::Usage,
            u"There are completion scripts for bash, zsh and fish, not \"%1\"."_s.arg(shell));
    co_return Exit::Ok;
}

} // namespace borgctl
