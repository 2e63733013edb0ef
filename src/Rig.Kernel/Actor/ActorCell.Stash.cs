using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Stashes, which survive their instance: what waits in them when it ends goes back to the mailbox.</summary>
internal sealed partial class ActorCell
{
    /// <summary>True when the current message has been put aside already.</summary>
    public bool IsStashed { get; set; }

    public IStash CreateStash(ActorBase actor)
    {
        var stash = new CellStash(this, actor is IWithUnboundedStash ? Props.UnlimitedStash : Props.StashCapacity);
        _stash = stash;
        return stash;
    }

    /// <summary>The instance's stash; before a restart and after the end it is emptied into the mailbox.</summary>
    private CellStash? _stash;

    private void UnstashBeforeEnd()
    {
        _stash?.UnstashAll();
        _stash = null;
    }

    /// <summary>
    /// Puts stashed messages in front of the mailbox. The end of a watched actor counts as not yet heard of again, since it was
    /// crossed off when it came the first time.
    /// </summary>
    public void PutBack(IReadOnlyList<Envelope> envelopes)
    {
        foreach (var envelope in envelopes)
        {
            if (envelope.Message is Terminated terminated)
            {
                (_terminatedQueued ??= []).TryAdd(terminated.ActorRef, null);
            }
        }
        Mailbox.Prepend(envelopes);
    }
}
