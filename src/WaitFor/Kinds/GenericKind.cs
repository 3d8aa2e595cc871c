using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

internal sealed class GenericKind(string word) : ObjectKind(word, word, "", GenericRules.Judge)
{
    public override bool IsKnown => false;
}
