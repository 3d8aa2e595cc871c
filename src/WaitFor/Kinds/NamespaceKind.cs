using WaitFor.Verdicts.Objects;

namespace WaitFor.Kinds;

/// <summary>Namespaces: <see href="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"/>.</summary>
internal sealed class NamespaceKind() : ObjectKind("Namespace", "namespaces", "", NamespaceRules.Judge, "ns")
{
    public override string ReadyWhen => "Active";

    public override bool Namespaced => false;
}
