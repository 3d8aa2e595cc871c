using System.Text;
using WaitFor.Process;
using WaitFor.Verdicts;

namespace WaitFor.Report;

/// <summary>The report for people, the same in the log and in the termination message: headline, what to do, evidence. A fact stands in it
/// once, but for a container's log, which is quoted as it is.</summary>
internal static class ReportText
{
    /// <summary>What follows the headline.</summary>
    public static string Log(Diagnosis diagnosis, Palette palette)
    {
        var text = new StringBuilder();
        var said = new Said();
        said.Add(diagnosis.Headline);
        Hints(text, diagnosis, said, palette);
        Evidence(text, diagnosis, said, palette);
        Gaps(text, diagnosis);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The whole termination message; its end may be cut off.</summary>
    public static string Termination(Diagnosis diagnosis) => (diagnosis.Headline + "\n" + Log(diagnosis, Palette.None)).TrimEnd('\n');

    private static void Hints(StringBuilder text, Diagnosis diagnosis, Said said, Palette palette)
    {
        var several = diagnosis.Facts.Targets.Count > 1;
        if (diagnosis.Hints.Any(hints => hints.Count > 0))
            text.Append('\n').Append(palette.Bold("What to do")).Append('\n');
        for (var index = 0; index < diagnosis.Hints.Count; index++)
        {
            if (several && diagnosis.Hints[index].Count > 0)
                text.Append("  ").Append(Diagnosis.NameOf(diagnosis.Facts.Targets[index].Target)).Append(":\n");
            var number = 0;
            foreach (var hint in diagnosis.Hints[index])
            {
                var label = (several ? "    " : "  ") + (diagnosis.Hints[index].Count > 1 ? $"{++number}. " : "");
                if (said.Once(hint.Fact) is not { } fact)
                {
                    Action(text, label, hint.Action);
                    continue;
                }

                Layout.Wrap(text, label, Sentence(fact));
                Action(text, new string(' ', label.Length) + "→ ", hint.Action);
            }
        }

        if (diagnosis.Result.Roles is { } roles)
            text.Append('\n').Append(roles).Append('\n');
    }

    /// <summary>A fact in the list of what to do begins as a sentence. One that begins with a name does not: web is not Web.</summary>
    private static string Sentence(string fact) =>
        fact.Split(' ')[0] is "a" or "an" or "the" or "no" or "it" or "its" or "this" or "if" or "namespace"
            ? char.ToUpperInvariant(fact[0]) + fact[1..]
            : fact;

    /// <summary>A command at its end stands on its own line, whole: it is to be pasted.</summary>
    private static void Action(StringBuilder text, string label, string action)
    {
        var command = action.IndexOf(": kubectl ", StringComparison.Ordinal) + 2;
        Layout.Wrap(text, label, command < 2 ? action : action[..(command - 1)]);
        if (command >= 2)
            text.Append(' ', label.Length + 2).Append(action, command, action.Length - command).Append('\n');
    }

    /// <summary>Of a single target what the headline does not say; of several each with its verdict.</summary>
    private static void Evidence(StringBuilder text, Diagnosis diagnosis, Said said, Palette palette)
    {
        var several = diagnosis.Facts.Targets.Count > 1;
        var spaced = false;
        // What is ready explains nothing: it comes last.
        foreach (var facts in diagnosis.Facts.Targets.OrderBy(facts => facts.Verdict.Kind == VerdictKind.Met))
        {
            var details = new StringBuilder();
            if (facts.Verdict.Kind != VerdictKind.Met)
                new DetailText(details, said, diagnosis.Facts.Now).Write(facts);
            // Only what neither the headline nor the evidence shows of the state.
            var state =
                !several && facts.Verdict.Code == VerdictCode.NotKnownYet ? null
                : facts.Verdict.Kind == VerdictKind.Met ? Layout.Clean(facts.Verdict.Sentence)
                : said.Once(Unfailed(facts.Verdict.Sentence));
            if (!several && state is null && details.Length == 0)
                continue;
            if (!spaced || details.Length > 0)
                text.Append('\n');
            spaced = details.Length == 0;
            var (name, verdict) = (several ? Diagnosis.NameOf(facts.Target) : "Details", several ? WordOf(facts.Verdict.Kind) : "");
            text.Append(palette.Bold(name)).Append(several ? ": " : "").Append(palette.Verdict(verdict));
            var width = name.Length + verdict.Length + 4 + (state?.Length ?? 0);
            if (state is null)
                text.Append('\n');
            else if (width <= Layout.Width)
                Layout.Wrap(text, ": ", state);
            else
                Layout.Wrap(text.Append('\n'), "  ", state);
            text.Append(details);
        }
    }

    private static string WordOf(VerdictKind kind) =>
        kind switch
        {
            VerdictKind.Met => "ready",
            VerdictKind.Failed => "failed",
            _ => "not ready",
        };

    /// <summary>The sentence without the verdict in front of it.</summary>
    internal static string Unfailed(string sentence) =>
        sentence.StartsWith("failed: ", StringComparison.Ordinal) ? sentence["failed: ".Length..] : sentence;

    private static void Gaps(StringBuilder text, Diagnosis diagnosis)
    {
        if (diagnosis.Facts.Gaps.Count == 0)
            return;
        text.Append('\n');
        foreach (var gap in diagnosis.Facts.Gaps)
            Layout.Wrap(
                text,
                "not read: ",
                gap.Permission is not { } permission ? $"{gap.What}: {Layout.Clean(gap.Reason)}"
                    : permission.Contains(gap.What, StringComparison.Ordinal) ? $"missing permission to {permission}"
                    : $"{gap.What}: missing permission to {permission}"
            );
        if (diagnosis.Facts.Gaps.FirstOrDefault(gap => gap.Permission is not null) is { } missing)
        {
            // Not wrapped: the half of a command is another command.
            text.Append("          To get the Role: ")
                .Append(RoleText.Command([.. diagnosis.Facts.Targets.Select(facts => facts.Target)], Subject.OfDenial(missing.Reason)))
                .Append('\n');
        }
    }
}
