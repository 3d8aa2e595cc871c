using System.Text;
using WaitFor.Process;
using WaitFor.Verdicts;

namespace WaitFor.Report;

/// <summary>The report for people: for the log, and, in another order, for the termination message.</summary>
internal static class ReportText
{
    /// <summary>What follows the headline in the log: table, details, and at the end, where the eye falls first, what to do.</summary>
    public static string Log(Diagnosis diagnosis, Palette palette)
    {
        var text = new StringBuilder();
        Table(text, diagnosis, palette);
        Details(text, diagnosis, palette);
        Hints(text, diagnosis, palette);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>The whole termination message, the most telling first: its end may be cut off.</summary>
    public static string Termination(Diagnosis diagnosis)
    {
        var text = new StringBuilder(diagnosis.Headline).Append('\n');
        Hints(text, diagnosis, Palette.None);
        if (diagnosis.Facts.Targets.Count > 1)
            Table(text, diagnosis, Palette.None);
        Details(text, diagnosis, Palette.None);
        return text.ToString().TrimEnd('\n');
    }

    private static void Table(StringBuilder text, Diagnosis diagnosis, Palette palette)
    {
        text.Append('\n');
        List<string[]> rows =
        [
            ["TARGET", "VERDICT", "STATE"],
        ];
        foreach (var facts in diagnosis.Facts.Targets)
            rows.Add([Diagnosis.NameOf(facts.Target), facts.Verdict.Kind.ToString(), Layout.Clean(facts.Verdict.Sentence)]);
        Layout.Table(text, "", rows, palette.Verdict);
    }

    private static void Details(StringBuilder text, Diagnosis diagnosis, Palette palette)
    {
        foreach (var facts in diagnosis.Facts.Targets)
        {
            if (facts.Verdict.Kind == VerdictKind.Met)
                continue;
            var details = new StringBuilder();
            DetailText.Write(details, facts, diagnosis.Facts.Now);
            if (details.Length > 0)
                text.Append('\n').Append(palette.Bold(Diagnosis.NameOf(facts.Target))).Append('\n').Append(details);
        }

        if (diagnosis.Facts.Gaps.Count == 0)
            return;
        text.Append('\n');
        foreach (var gap in diagnosis.Facts.Gaps)
            Layout.Wrap(
                text,
                "not read: ",
                $"{gap.What}: {(gap.Permission is { } permission ? $"permission missing: {permission}" : Layout.Clean(gap.Reason))}"
            );
        if (diagnosis.Facts.Gaps.FirstOrDefault(gap => gap.Permission is not null) is { } missing)
        {
            // Not wrapped: the half of a command is another command.
            text.Append("          The Role for it: ")
                .Append(RoleText.Command([.. diagnosis.Facts.Targets.Select(facts => facts.Target)], Subject.OfDenial(missing.Reason)))
                .Append('\n');
        }
    }

    /// <summary>A command at its end stands on a line of its own, whole: it is to be pasted.</summary>
    private static void Action(StringBuilder text, string action)
    {
        var command = action.IndexOf(": kubectl ", StringComparison.Ordinal) + 2;
        Layout.Wrap(text, "     → ", command < 2 ? action : action[..(command - 1)]);
        if (command >= 2)
            text.Append("       ").Append(action, command, action.Length - command).Append('\n');
    }

    private static void Hints(StringBuilder text, Diagnosis diagnosis, Palette palette)
    {
        var several = diagnosis.Facts.Targets.Count > 1;
        if (diagnosis.Hints.Any(hints => hints.Count > 0))
            text.Append('\n').Append(palette.Bold("What to do")).Append('\n');
        for (var index = 0; index < diagnosis.Hints.Count; index++)
        {
            if (several && diagnosis.Hints[index].Count > 0)
                text.Append("  ").Append(Diagnosis.NameOf(diagnosis.Facts.Targets[index].Target)).Append('\n');
            var number = 0;
            foreach (var hint in diagnosis.Hints[index])
            {
                Layout.Wrap(text, $"  {++number}. ", hint.Fact);
                Action(text, hint.Action);
            }
        }

        if (diagnosis.Result.Roles is { } roles)
            text.Append('\n').Append(palette.Bold("Apply this")).Append('\n').Append(roles).Append('\n');
    }
}
